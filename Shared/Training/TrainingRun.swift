import Events
import Profiles
import Ranking
public import Recommenders
public import Scoring

/// One training from a matrix to a bundle and a verdict: the blocking part, for a thread of its own.
///
/// Fits to all but the newest signals, lets a ranker learn from what these models propose, measures every model and the served list on the newest, and
/// fits again to everything. Then the result is held against what serves, on the same users.
public struct TrainingRun: Sendable {
    /// What goes into a training beside the plan.
    public struct Input: Sendable {
        /// Everything that was folded in.
        public var matrix: ActivityMatrix
        /// What items are, by id; such items are known to the models although nobody may have used them.
        public var contents: [String: ItemContent]
        /// What serves.
        public var serving: ModelBundle?

        /// Creates an input.
        public init(
            matrix: ActivityMatrix,
            contents: [String: ItemContent] = [:],
            serving: ModelBundle? = nil
        ) {
            self.matrix = matrix
            self.contents = contents
            self.serving = serving
        }
    }

    /// What came out.
    public struct Outcome: Sendable {
        /// What was fitted to everything, with its figures; without a version.
        public var bundle: ModelBundle
        /// How it compares with what serves; `nil` without one, or without a validation.
        public var verdict: PublicationGuard.Verdict?
        /// ``ActivityMatrix/changes`` that it has seen.
        public var changes: UInt64
    }

    /// Users that the ranker learns from, beside those that the validation asks.
    private static let rankerUsers = 5_000

    private let plan: TrainingPlan
    private let validation: Validation
    private let pipeline: Validation.Pipeline
    private let publicationGuard: PublicationGuard
    private let begin: @Sendable (String) -> Void
    private let now: @Sendable () -> Double

    /// `now` tells seconds, from any beginning; `begin` is told each step.
    public init(
        plan: TrainingPlan,
        pipeline: @escaping Validation.Pipeline,
        publicationGuard: PublicationGuard,
        now: @escaping @Sendable () -> Double,
        begin: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.plan = plan
        validation = Validation(plan: plan, pipeline: pipeline)
        self.pipeline = pipeline
        self.publicationGuard = publicationGuard
        self.begin = begin
        self.now = now
    }

    /// Trains; throws `emptyMatrix` without a positive signal, `cancelled`, or what a model or step throws.
    public func callAsFunction(_ input: Input, context: FitContext = FitContext()) throws -> Outcome {
        var stopwatch = Stopwatch(now: now, report: begin)
        stopwatch.begin("matrix")
        let catalogIDs = Array(input.contents.keys)
        let whole = try TrainingSet(input.matrix, plan: plan, catalogIDs: catalogIDs)
        let heldOut = HeldOut(
            input.matrix,
            plan: plan,
            share: plan.validation.share,
            limit: plan.validation.users + (plan.models.ranker == nil ? 0 : Self.rankerUsers),
            notBefore: input.serving?.info.windowEnd.map { $0.milliseconds + 1 },
            minimum: plan.validation.minimumUsers
        )
        var judged = Judged(cases: heldOut.map { Array($0.cases.prefix(plan.validation.users)) } ?? [])
        if let heldOut { try judge(heldOut, input, &judged, &stopwatch, context) }
        let bundle = try BundleFit(plan: plan)(
            whole,
            contents: input.contents,
            ranker: judged.ranker,
            context: context
        ) { stopwatch.begin("fit \($0)") }
        let verdict = try compare(bundle, with: input.serving, heldOut, judged, &stopwatch, context)
        var info = bundle.info
        info.validation = judged.figures
        info.seconds = stopwatch.end()
        return Outcome(
            bundle: try ModelBundle(itemIDs: bundle.itemIDs, models: bundle.models, info: info),
            verdict: verdict,
            changes: whole.changes
        )
    }

    /// Holds any bundle against what serves, on the newest signals; `nil` when there is nothing to ask about.
    public func verdict(
        on candidate: ModelBundle,
        _ input: Input,
        context: FitContext = FitContext()
    ) throws -> PublicationGuard.Verdict? {
        guard let serving = input.serving,
            let heldOut = HeldOut(
                input.matrix,
                plan: plan,
                share: plan.validation.share,
                limit: plan.validation.users,
                minimum: plan.validation.minimumUsers
            )
        else { return nil }
        return publicationGuard.verdict(
            candidate: try validation.listFigures(of: candidate, heldOut.cases, context: context),
            serving: try validation.listFigures(of: serving, heldOut.cases, context: context)
        )
    }

    /// What was learned about models that have not seen the newest signals.
    private struct Judged {
        var cases: [HeldOut.Case]
        var ranker: LambdaMARTRanker?
        var figures: [String: [String: Double]] = [:]
        /// Of the served list, per case.
        var lists: [Double] = []
    }

    private func judge(
        _ heldOut: HeldOut,
        _ input: Input,
        _ judged: inout Judged,
        _ stopwatch: inout Stopwatch,
        _ context: FitContext
    ) throws {
        let past: TrainingSet
        do {
            past = try TrainingSet(
                input.matrix,
                plan: plan,
                before: heldOut.cuts,
                catalogIDs: Array(input.contents.keys)
            )
        } catch {
            if error.code == .emptyMatrix { return }
            throw error
        }
        var base = try BundleFit(plan: plan)(past, contents: input.contents, context: context) {
            stopwatch.begin("base \($0)")
        }
        stopwatch.begin("validation")
        judged.lists = try validation.listFigures(of: base, judged.cases, context: context)
        if let parameters = plan.models.ranker {
            stopwatch.begin("ranker")
            let cases = heldOut.cases.dropFirst(judged.cases.count)
            let ranker = try RankerFit(plan: plan, parameters: parameters)(cases, pipeline: pipeline(base), context)
            try judge(ranker, &base, &judged, context)
            stopwatch.begin("validation")
        }
        var means = try validation.modelFigures(of: base, judged.cases, context: context)
        means[Validation.list] = judged.lists.reduce(0, +) / Double(max(1, judged.lists.count))
        for (name, mean) in means {
            judged.figures[name] = [Validation.measure: mean, "users": Double(judged.lists.count)]
        }
    }

    /// Keeps the ranker where the lists of users that it has not learned from are better with it.
    private func judge(
        _ ranker: LambdaMARTRanker?,
        _ base: inout ModelBundle,
        _ judged: inout Judged,
        _ context: FitContext
    ) throws {
        guard let ranker else { return }
        var models = base.models
        models.ranker = ranker
        let ranked = try ModelBundle(itemIDs: base.itemIDs, models: models, info: base.info)
        let figures = try validation.listFigures(of: ranked, judged.cases, context: context)
        func mean(_ figures: [Double]) -> Double { figures.reduce(0, +) / Double(max(1, figures.count)) }
        judged.figures["fusion"] = [Validation.measure: mean(judged.lists), "users": Double(figures.count)]
        judged.figures["ranker"] = [Validation.measure: mean(figures), "users": Double(figures.count)]
        guard mean(figures) > mean(judged.lists) else { return }
        (base, judged.lists, judged.ranker) = (ranked, figures, ranker)
    }

    /// Holds what is to be published against what serves, for the same users.
    ///
    /// Both may have seen the newest signals: that comparison finds damage. Where what serves has not seen them, the models
    /// that have not either are compared as well: that one is fair to the models.
    private func compare(
        _ bundle: ModelBundle,
        with serving: ModelBundle?,
        _ heldOut: HeldOut?,
        _ judged: Judged,
        _ stopwatch: inout Stopwatch,
        _ context: FitContext
    ) throws -> PublicationGuard.Verdict? {
        guard let serving, let heldOut else { return nil }
        stopwatch.begin("guard")
        let theirs: [Double]
        do {
            theirs = try validation.listFigures(of: serving, judged.cases, context: context)
        } catch {
            // What cannot make lists any more has to be replaced.
            return nil
        }
        let ours = try validation.listFigures(of: bundle, judged.cases, context: context)
        let verdict = publicationGuard.verdict(candidate: ours, serving: theirs)
        let isBlind = heldOut.cuts.own.isEmpty && (serving.info.windowEnd?.milliseconds ?? .max) < heldOut.cuts.all
        guard !verdict.isRefused, isBlind, !judged.lists.isEmpty else { return verdict }
        let blind = publicationGuard.verdict(candidate: judged.lists, serving: theirs)
        return blind.isRefused ? blind : verdict
    }
}

/// Adds up how long each step takes.
private struct Stopwatch {
    private let now: @Sendable () -> Double
    private let report: @Sendable (String) -> Void
    private var seconds: [String: Double] = [:]
    private var open: (name: String, since: Double)?

    init(now: @escaping @Sendable () -> Double, report: @escaping @Sendable (String) -> Void) {
        self.now = now
        self.report = report
    }

    mutating func begin(_ step: String) {
        close()
        open = (step, now())
        report(step)
    }

    mutating func end() -> [String: Double] {
        close()
        return seconds
    }

    private mutating func close() {
        if let open { seconds[open.name, default: 0] += now() - open.since }
        open = nil
    }
}
