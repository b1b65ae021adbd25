public import Recommenders

/// A step of the way from a profile to a list, as timings name it.
public enum PipelineStage: Hashable, Sendable {
    /// Reading history, session and weights out of the profile, and folding them into the models.
    case taste
    /// A source's proposals.
    case source(CandidateSource)
    /// One ranking out of all proposals.
    case merge
    /// Features and scores of the trained ranker.
    case rank
    /// What reorders the list, new items and availability.
    case policies
    /// Why each item is there.
    case reasons

    /// All stages of a plan.
    public static func all(of plan: PipelinePlan) -> [PipelineStage] {
        [.taste] + plan.sources.map { .source($0.name) } + [.merge, .rank, .policies, .reasons]
    }

    /// The name for a label, such as `source-als`.
    public var name: String {
        switch self {
        case .taste: "taste"
        case .source(let source): "source-\(source.rawValue)"
        case .merge: "merge"
        case .rank: "rank"
        case .policies: "policies"
        case .reasons: "reasons"
        }
    }
}

/// How the caller times stages: this module has no clock.
public struct StageClock: Sendable {
    private let now: @Sendable () -> UInt64
    private let observe: @Sendable (PipelineStage, UInt64) -> Void
    private let isOn: Bool

    /// Reports how many nanoseconds each stage took, by a clock that counts them.
    public init(
        now: @escaping @Sendable () -> UInt64,
        observe: @escaping @Sendable (PipelineStage, UInt64) -> Void
    ) {
        (self.now, self.observe, isOn) = (now, observe, true)
    }

    private init() {
        (now, observe, isOn) = ({ 0 }, { _, _ in }, false)
    }

    /// Times nothing.
    public static let none = StageClock()

    func measure<Value, Failure: Error>(
        _ stage: PipelineStage,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard isOn else { return try body() }
        let start = now()
        let value = try body()
        let end = now()
        observe(stage, end > start ? end - start : 0)
        return value
    }
}
