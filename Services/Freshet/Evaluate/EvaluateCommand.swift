import ArgumentParser
import Evaluation
import Foundation

/// The command `freshet evaluate`.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measures models or the scorer's plan on data, or holds served lists against the published artefact.",
        discussion: "`freshet evaluate --data FILE …` is short for `freshet evaluate models --data FILE …`.",
        subcommands: [EvaluateModelsCommand.self, EvaluatePipelineCommand.self, EvaluateServedCommand.self],
        defaultSubcommand: EvaluateModelsCommand.self
    )
}

/// The command `freshet evaluate models`.
struct EvaluateModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Fits models to interaction data and measures their lists.",
        discussion: """
            Any model on any data: --data is divided by --split, --train and --test are used as they are. Formats: \
            movielens-csv, adjacency, sessions-tsv, atomic (RecBole's .inter) and jsonl; they are told apart by their \
            first line. docs/evaluation.md has the definitions of all figures.

            freshet evaluate --data ratings.csv --model ItemKNN --set k=50
            freshet evaluate --train train.txt --test test.txt --all --at 20 --html report.html
            freshet evaluate --data ratings.csv --all --tune tpe --trials 30 --json report.json
            """
    )

    @OptionGroup(title: "Data") var data: EvaluationDataOptions
    @OptionGroup(title: "Models") var models: EvaluationModelOptions
    @OptionGroup(title: "Output") var output: EvaluationOutputOptions

    @Option(help: "Where random numbers start.")
    var seed: UInt64 = 42

    @Option(help: ArgumentHelp("Threads; the results do not depend on it (default: all cores).", valueName: "n"))
    var workers: Int?

    func validate() throws {
        guard workers ?? 1 > 0 else { throw ValidationError("--workers is at least 1") }
        guard output.at == nil || !output.cutoffs.isEmpty else {
            throw ValidationError("--at takes lengths of list such as 5,10,20 (at most 10000)")
        }
        guard models.listModels || !data.isEmpty else {
            throw ValidationError("say what to evaluate on: --data FILE, or --train FILE and --test FILE")
        }
    }

    func run() throws {
        if models.listModels { return print(ModelListing.text, terminator: "") }
        let candidates = try models.candidates(withContent: data.items != nil)
        let input = try data.read(seed: seed)
        let plan = EvaluationPlan(
            candidates: candidates,
            folds: input.folds,
            split: input.split,
            wasGiven: input.wasGiven,
            cutoffs: output.cutoffs,
            metric: try models.decidingMetric(cutoffs: output.cutoffs),
            tuning: try models.tuning(),
            seed: seed,
            workers: workers ?? ProcessInfo.processInfo.activeProcessorCount
        )
        try output.check()
        let progress = EvaluationProgressBar()
        let found: [ModelReport]
        do {
            defer { progress.clear() }
            found = try EvaluationRun(plan) { progress.show($0) }.models()
        }
        let report = EvaluationReport(data: input.description, plan: plan, models: found)
        print(ReportTable(report).text, terminator: "")
        try output.write(report, itemIDs: input.itemIDs)
        guard found.contains(where: { $0.failure == nil }) else { throw ExitCode.failure }
    }
}

/// What is wrong with the command's arguments or files, and what would be right.
struct EvaluationComplaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
