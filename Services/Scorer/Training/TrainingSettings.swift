import Recommenders
import Scoring
import ServiceSupport
import Stores
import Training
import TrainingPlans

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

    /// `taste` is how scoring reads strengths; without a plan file training reads them the same way.
    init(from reader: SettingsReader, taste: TastePolicy) throws(SettingsError) {
        let trained = try TrainingPlanSettings(from: reader, taste: taste)
        plan = trained.plan
        schedule = TrainingSchedule(interval: trained.interval)
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
}
