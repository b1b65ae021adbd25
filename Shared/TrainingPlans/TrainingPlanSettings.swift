import Recommenders
public import Scoring
public import ServiceSupport
public import Training

/// What is trained from what, and how often: read alike by the scorer and by the tool that tries plans.
///
/// Keys: `training.plan`, or without such a file `training.interval`, `.factors`, `.iterations`, `.items.per.user`, `.seed`.
public struct TrainingPlanSettings: Sendable {
    /// What is trained.
    public let plan: TrainingPlan
    /// How often, when something is new.
    public let interval: Duration

    /// What intervals may be.
    static let intervals: ClosedRange<Duration> = .milliseconds(100) ... .seconds(7 * 86_400)

    /// `taste` is how scoring reads strengths; without a plan file training reads them the same way.
    public init(from reader: SettingsReader, taste: TastePolicy) throws(SettingsError) {
        let path = try reader.string(
            "training.plan",
            default: "",
            description:
                "a YAML or JSON file that says what is trained from what (docs/models.md); it takes the place of "
                + "training.interval, .factors, .iterations, .items.per.user and .seed, and of training.half.life in training"
        )
        let settings = try Self.settingsPlan(from: reader, taste: taste)
        let (plan, interval): (TrainingPlan, Duration)
        if path.isEmpty {
            (plan, interval) = settings
        } else {
            let file = try SettingsDocument(path: path, setting: "training.plan").decode(PlanFile.self)
            (plan, interval) = file.plan(taste: taste)
        }
        (self.plan, self.interval) = (plan, interval)
    }

    private static func settingsPlan(
        from reader: SettingsReader,
        taste: TastePolicy
    ) throws(SettingsError) -> (TrainingPlan, Duration) {
        let interval = try reader.duration(
            "training.interval",
            default: .seconds(60),
            range: intervals,
            description: "how often to train when something is new"
        )
        var plan = TrainingPlan(taste: taste)
        let factors = try reader.int(
            "training.factors",
            default: 64,
            range: 1...1024,
            description: "length of the factorisation's vectors"
        )
        let iterations = try reader.int(
            "training.iterations",
            default: 10,
            range: 1...1000,
            description: "rounds of the factorisation"
        )
        plan.models.als = ALSParameters(factors: factors, iterations: iterations)
        plan.limits.itemsPerUser = try reader.int(
            "training.items.per.user",
            default: 2000,
            range: 1...100_000,
            description: "items kept per user in the matrix, the latest"
        )
        plan.seed = UInt64(try reader.int("training.seed", default: 42, description: "where random numbers start"))
        return (plan, interval)
    }
}
