public import Evaluation
import Foundation
public import Recommenders
public import Scoring

/// A search for the weights of a plan's sources, and for the constant of the fusion: everything else stays as given.
///
/// The first trial is the given plan. What is tried has weights in hundredths. The same seed and the same answers give the same
/// trials.
public struct PlanSearch: Sendable {
    /// Whose weights.
    public enum Weights: Hashable, Sendable {
        /// Those of users of whom much is known, and the constant; sources that have no other weight for newcomers keep it so.
        case full
        /// Those of users without a history.
        case newcomers
    }

    /// A plan, and how good it was.
    public struct Trial: Hashable, Sendable {
        /// What was tried.
        public var plan: PipelinePlan
        /// What it scored; more is better.
        public var score: Double
    }

    /// How the constant is called among the names of the sources.
    private static let constant = "fusion.constant"

    private let plan: PipelinePlan
    private let weights: Weights
    private let specs: [ParameterSpec]
    private let method: ParameterSearch.Method
    private let seed: UInt64

    /// Searches weights between 0 and 1, or the largest that the plan has; sources that are not among `sources` keep theirs.
    public init(
        _ plan: PipelinePlan,
        weights: Weights = .full,
        of sources: Set<CandidateSource>,
        method: ParameterSearch.Method,
        seed: UInt64
    ) {
        self.plan = plan
        self.weights = weights
        self.method = method
        self.seed = seed
        let searched = plan.sources.filter { sources.contains($0.name) }
        let largest = searched.map { Self.weight(of: $0, weights) }.max() ?? 1
        var specs = searched.map {
            ParameterSpec($0.name.rawValue, .real(0...max(1, largest)), .real(Self.weight(of: $0, weights)), "weight")
        }
        if weights == .full, plan.merge == .reciprocalRankFusion {
            specs.append(
                ParameterSpec(Self.constant, .logReal(1...200), .real(plan.fusionConstant), "constant of the fusion")
            )
        }
        self.specs = specs
    }

    /// Tries so many plans, the given one first; `tell` hears of each before it is tried, and the best score so far.
    public func trials(
        _ count: Int,
        tell: (_ number: Int, _ best: Double?) -> Void = { _, _ in },
        score: (PipelinePlan) throws -> Double
    ) rethrows -> [Trial] {
        var search = ParameterSearch(specs, standard: ParameterValues(specs), method: method, seed: seed)
        var trials: [Trial] = []
        for number in 1...max(1, specs.isEmpty ? 1 : count) {
            tell(number, trials.best?.score)
            let values = search.propose()
            let tried = number == 1 ? plan : plan(with: values)
            trials.append(Trial(plan: tried, score: try score(tried)))
            search.report(values, score: trials[trials.count - 1].score)
        }
        return trials
    }

    private static func weight(of source: SourcePlan, _ weights: Weights) -> Double {
        switch weights {
        case .full: source.weight
        case .newcomers: source.newcomerWeight ?? source.weight
        }
    }

    private func plan(with values: ParameterValues) -> PipelinePlan {
        var plan = plan
        for index in plan.sources.indices {
            guard case .real(let value)? = values.values[plan.sources[index].name.rawValue] else { continue }
            let weight = (value * 100).rounded() / 100
            switch weights {
            case .full: plan.sources[index].weight = weight
            case .newcomers: plan.sources[index].newcomerWeight = weight
            }
        }
        if case .real(let value)? = values.values[Self.constant] { plan.fusionConstant = (value * 10).rounded() / 10 }
        return plan
    }
}

extension [PlanSearch.Trial] {
    /// The trial with the highest score, the first of equals; `nil` without any.
    public var best: PlanSearch.Trial? { self.max { $0.score < $1.score } }
}
