import Catalog
import Evaluation
import Events
import Profiles
import PublishedLists
import Recommenders
import Scoring
import Training

/// Measures a plan on recorded activity, and searches a better one: the blocking part of `freshet evaluate pipeline`.
struct PipelineEvaluation: Sendable {
    /// How plans are searched.
    struct Tuning: Sendable {
        var method: ParameterSearch.Method
        var trials: Int
    }

    /// What the given plan, the found one and each source alone are worth to the same users.
    struct Measured: Sendable {
        var given: [HeldOutLists.Figure]
        var found: [HeldOutLists.Figure]?
        /// In the order of the plan; sources that proposed nothing are missing.
        var alone: [(source: CandidateSource, figures: [HeldOutLists.Figure])]
    }

    /// What a search came to.
    struct Search: Sendable {
        var found: PipelinePlan
        var validation: Measured
        var trials: [PlanSearch.Trial]
    }

    /// What is reported.
    struct Outcome: Sendable {
        var evaluation: PipelineEvaluation
        var search: Search?
        var test: Measured
    }

    let recorded: RecordedActivity
    let training: TrainingPlan
    let lists: ListSettings
    let profiles: ProfilePolicy
    let share: Double
    let users: Int
    /// How many positives of newcomers are known; `nil` for users as they are.
    let known: Int?
    let tuning: Tuning?
    let seed: UInt64
    let workers: Int

    /// Into how many groups newcomers are dealt: each is new to models that all others have taught.
    static let groups = 5

    func run(progress: @escaping @Sendable (EvaluationProgress) -> Void) throws -> Outcome {
        let tell = Steps(fits: tuning == nil ? 1 : 2, trials: tuning?.trials ?? 0, progress)
        var search: Search?
        if let tuning {
            let known = ActivitySplit(recorded.activities, share: share, limit: 0, policy: policy, seed: seed).known
            search = try self.search(tuning, on: try heldOut(of: known, isValidation: true, tell), tell)
        }
        let test = try measure(try heldOut(of: recorded.activities, isValidation: false, tell), found: search?.found)
        return Outcome(evaluation: self, search: search, test: test)
    }

    private var policy: ActivitySplit.Policy { ActivitySplit.Policy(taste: training.taste, profiles: profiles) }

    private func heldOut(of activities: [Activity], isValidation: Bool, _ tell: Steps) throws -> HeldOutLists {
        let contents = recorded.catalog.values.lazy.filter(\.isAvailable).prefix(training.limits.catalogItems)
        let described = Dictionary(uniqueKeysWithValues: contents.map { ($0.id, ItemContent($0)) })
        let groups = (0..<(known == nil ? 1 : Self.groups)).map { group in
            known.map { ActivitySplit.Newcomers(known: $0, group: group, groups: Self.groups) }
        }
        return HeldOutLists(
            try groups.enumerated().map { number, newcomers in
                let split = ActivitySplit(
                    activities,
                    share: share,
                    limit: users,
                    newcomers: newcomers,
                    policy: policy,
                    seed: seed
                )
                guard !split.cases.isEmpty else {
                    throw EvaluationComplaint("no user has enough positives to hide \(share) of them")
                }
                let context = FitContext(seed: training.seed, workers: .dispatch(count: workers))
                return try HeldOutLists.Group(split, plan: training, contents: described, context: context) {
                    tell.fitting($0, share: Double(number) / Double(groups.count), isValidation: isValidation)
                }
            },
            catalog: recorded.catalog,
            taste: lists.taste,
            exclusion: lists.exclusion,
            workers: workers
        )
    }

    private func search(_ tuning: Tuning, on heldOut: HeldOutLists, _ tell: Steps) throws -> Search {
        let alone = try self.alone(heldOut)
        let search = PlanSearch(
            lists.plan,
            weights: known == nil ? .full : .newcomers,
            of: Set(alone.map(\.source)),
            method: tuning.method,
            seed: seed
        )
        let trials = try search.trials(tuning.trials, tell: tell.trial) { try heldOut.figures(of: $0).meanGain }
        let found = trials.best?.plan ?? lists.plan
        return Search(
            found: found,
            validation: Measured(
                given: try heldOut.figures(of: lists.plan),
                found: try heldOut.figures(of: found),
                alone: alone
            ),
            trials: trials
        )
    }

    private func measure(_ heldOut: HeldOutLists, found: PipelinePlan?) throws -> Measured {
        Measured(
            given: try heldOut.figures(of: lists.plan),
            found: try found.map { try heldOut.figures(of: $0) },
            alone: try alone(heldOut)
        )
    }

    /// Each source of the plan by itself, whatever its weight.
    private func alone(_ heldOut: HeldOutLists) throws -> [(source: CandidateSource, figures: [HeldOutLists.Figure])] {
        try lists.plan.sources.compactMap { source in
            var plan = lists.plan
            plan.sources = [SourcePlan(source.name, proposals: source.proposals)]
            let figures = try heldOut.figures(of: plan)
            return figures.contains { $0.sources.contains(source.name) } ? (source.name, figures) : nil
        }
    }
}

/// Tells how far an evaluation is: a fit counts as much as ten trials.
private struct Steps: Sendable {
    private let fits: Int
    private let trials: Int
    private let progress: @Sendable (EvaluationProgress) -> Void

    init(fits: Int, trials: Int, _ progress: @escaping @Sendable (EvaluationProgress) -> Void) {
        (self.fits, self.trials, self.progress) = (fits, trials, progress)
    }

    private var whole: Double { Double(10 * fits + trials) }

    func fitting(_ step: String, share: Double, isValidation: Bool) {
        let step = "\(isValidation ? "validation" : "test") \(step)"
        let before = isValidation || fits == 1 ? 0 : Double(10 + trials)
        progress(EvaluationProgress(model: "pipeline", step: step, share: (before + 10 * share) / whole))
    }

    func trial(_ number: Int, best: Double?) {
        let found = best.map { ", best \(Decimals.metric($0))" } ?? ""
        progress(
            EvaluationProgress(
                model: "pipeline",
                step: "trial \(number) of \(trials)\(found)",
                share: (10 + Double(number - 1)) / whole
            )
        )
    }
}
