public import Profiles
public import Recommenders
public import Scoring

/// A step that another module adds to a training: it learns something beside the models, and writes it into a section.
///
/// Steps run in their order, after the models have been fitted to everything before ``HeldOut/cut`` and before they are fitted
/// to everything. What they return is a part of the bundle that is validated and published (``ModelBundle/Models/others``).
public struct TrainingStep: Sendable {
    /// What a step learns from.
    public struct Input: Sendable {
        /// Models that know nothing of the wanted items of ``cases``.
        public var base: ModelBundle
        /// Users with a past and a future, none of whom the validation asks.
        public var cases: [HeldOut.Case]
        /// A sample of the users' profiles as they are now.
        public var profiles: [UserProfile]
        /// The plan.
        public var plan: TrainingPlan
    }

    /// The step's name in logs and metrics.
    public var name: String
    /// Learns; answers sections by name, none where the data is not enough.
    public var run: @Sendable (Input, FitContext) throws -> [String: [UInt8]]

    /// Creates a step.
    public init(name: String, run: @escaping @Sendable (Input, FitContext) throws -> [String: [UInt8]]) {
        self.name = name
        self.run = run
    }
}
