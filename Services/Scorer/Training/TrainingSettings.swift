import Recommenders
import Scoring
import ServiceSupport
import Stores
import Training

/// How models are trained and what keeps bad ones out; ``ScorerSettings`` lists the keys.
struct TrainingSettings: Sendable, Hashable {
    let schedule: TrainingSchedule
    let threads: Int
    let plan: TrainingPlan
    let publicationGuard: PublicationGuard
    let clickGuard: ClickGuard
    /// How long nothing is published after a trained version had to be taken back.
    let hold: Duration
    let registry: ModelRegistry
    let dataDirectory: String

    /// What intervals may be.
    static let intervals: ClosedRange<Duration> = .milliseconds(100) ... .seconds(7 * 86_400)

    /// `taste` is how scoring reads strengths; without a plan file training reads them the same way.
    init(from reader: SettingsReader, taste: TastePolicy) throws(SettingsError) {
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
        self.plan = plan
        schedule = TrainingSchedule(interval: interval)
        threads = try reader.int(
            "training.threads",
            default: 0,
            range: 0...1024,
            description: "threads that train; 0: all cores but one"
        )
        publicationGuard = PublicationGuard(
            drop: try reader.double(
                "training.guard.drop",
                default: 0.1,
                range: 0...1,
                description:
                    "the share by which NDCG@10 may fall below that of what serves; models that fall more stay out"
            ),
            minimumUsers: plan.validation.minimumUsers
        )
        clickGuard = ClickGuard(
            drop: try reader.double(
                "training.guard.clicks.drop",
                default: 0.2,
                range: 0...1,
                description: "the share by which click-through may fall; a version that falls more is taken back"
            ),
            minimumShown: UInt64(
                try reader.int(
                    "training.guard.shown.min",
                    default: 1_000,
                    range: 10...1_000_000_000,
                    description: "items that a version must have shown before its click-through is judged"
                )
            )
        )
        hold = try reader.duration(
            "training.guard.hold",
            default: .seconds(3600),
            range: .zero ... .seconds(30 * 86_400),
            description: "how long training publishes nothing after a version that it had trained was taken back"
        )
        registry = ModelRegistry(
            setting: try reader.string(
                "models.registry",
                default: "redis",
                description: "where artefacts are: redis, or the path of a directory that all scorers see"
            )
        )
        dataDirectory = try reader.string(
            "data.dir",
            default: "data/scorer",
            description: "folder of the matrix's snapshot"
        )
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
