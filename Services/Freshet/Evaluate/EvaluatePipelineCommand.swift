import ArgumentParser
import Evaluation
import Foundation
import Profiles
import PublishedLists
import Scoring
import ServiceSupport
import Sessions
import Threading
import Training
import TrainingPlans

/// The command `freshet evaluate pipeline`.
struct EvaluatePipelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "Measures the lists that the scorer would serve, and searches the weights of their sources.",
        discussion: """
            Folds activity as the services do, hides the end of each user's history, fits the models of the training plan to the \
            rest and makes lists by the pipeline's plan. With --tune, plans are tried on a validation part of what is \
            not hidden, the given one first; what is hidden is asked once, by the given and the found plan. Data: what `freshet \
            replay` takes, or a folder that `freshet export` wrote. Give the scorer's settings (--config, --set, the environment).

            freshet evaluate pipeline movielens-latest-small
            freshet evaluate pipeline export --tune tpe --write plan.json
            freshet evaluate pipeline export --tune tpe --known 3 --plan plan.json --write plan.json
            """
    )

    @OptionGroup(title: "Settings") var settings: SettingsOptions

    @Option(help: ArgumentHelp("The pipeline's plan [PIPELINE_PLAN].", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("The training plan [TRAINING_PLAN].", valueName: "file"))
    var trainingPlan: String?

    @Option(help: ArgumentHelp("Search weights: random or tpe.", valueName: "method"))
    var tune: String?

    @Option(help: ArgumentHelp("How many plans are tried, the given one first.", valueName: "n"))
    var trials = 30

    @Option(
        help: ArgumentHelp(
            "Users of whom the first n positives are known, as if they were new; searches the newcomers' weights.",
            valueName: "n"
        )
    )
    var known: Int?

    @Option(help: ArgumentHelp("The share of each user's positives that is hidden.", valueName: "share"))
    var fraction = 0.2

    @Option(help: ArgumentHelp("The most users that are asked.", valueName: "n"))
    var users = 5_000

    @Option(help: ArgumentHelp("Write the found plan.", valueName: "file"))
    var write: String?

    @Option(help: "Where random numbers start.")
    var seed: UInt64 = 42

    @Option(help: ArgumentHelp("Threads; the figures do not depend on it (default: all cores).", valueName: "n"))
    var workers: Int?

    @Argument(
        help: ArgumentHelp(
            "A MovieLens folder, the same packed, a .jsonl file of events, or an export.",
            valueName: "data"
        )
    )
    var data: String

    func validate() throws {
        if let tune, ParameterSearch.Method(rawValue: tune) == nil {
            throw ValidationError("--tune is random or tpe, not \"\(tune)\"")
        }
        guard write == nil || tune != nil else {
            throw ValidationError("--write needs --tune: it writes what was found")
        }
        guard trials > 0 else { throw ValidationError("--trials is at least 1") }
        guard known ?? 1 > 0 else { throw ValidationError("--known is at least 1") }
        guard fraction > 0, fraction < 1 else { throw ValidationError("--fraction is above 0 and below 1") }
        guard users > 0 else { throw ValidationError("--users is at least 1") }
        guard workers ?? 1 > 0 else { throw ValidationError("--workers is at least 1") }
    }

    func run() async throws {
        var flags: [String: String] = [:]
        if let plan { flags["pipeline.plan"] = plan }
        if let trainingPlan { flags["training.plan"] = trainingPlan }
        let reader = try settings.reader(with: flags)
        let lists = try ListSettings(from: reader)
        let evaluation = PipelineEvaluation(
            recorded: try await RecordedActivity.read(data, sessions: SessionPolicy()),
            training: try TrainingPlanSettings(from: reader, taste: lists.taste).plan,
            lists: lists,
            profiles: try ProfilePolicy(from: reader),
            share: fraction,
            users: users,
            known: known,
            tuning: tune.flatMap(ParameterSearch.Method.init).map { .init(method: $0, trials: trials) },
            seed: seed,
            workers: workers ?? ProcessInfo.processInfo.activeProcessorCount
        )
        let progress = EvaluationProgressBar()
        let outcome: PipelineEvaluation.Outcome
        do {
            defer { progress.clear() }
            outcome = try await DedicatedThread.run { Result { try evaluation.run { progress.show($0) } } }.get()
        }
        print(PipelineReport(outcome).text, terminator: "")
        if let write, let found = outcome.search?.found { try Self.write(found, to: write) }
    }

    private static func write(_ plan: PipelinePlan, to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try (encoder.encode(plan) + Data("\n".utf8)).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw EvaluationComplaint("cannot write \(file): \(error.localizedDescription)")
        }
    }
}
