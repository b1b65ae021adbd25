import Dispatch
import Scoring
import ServiceSupport

/// What the scorer shows of its work; made once.
struct ScorerMetrics: Sendable {
    let notices: MetricsRegistry.Counter
    let scoredUsers: MetricsRegistry.Counter
    let rescoredUsers: MetricsRegistry.Counter
    let scoringDuration: MetricsRegistry.Histogram
    /// By stage, filled when the plan is known.
    let stageDurations: [PipelineStage: MetricsRegistry.Histogram]
    let newItems: MetricsRegistry.Gauge
    let fencedLists: MetricsRegistry.Counter
    let refusedLists: MetricsRegistry.Counter
    let unreadableProfiles: MetricsRegistry.Counter
    let trainings: MetricsRegistry.Counter
    let failedTrainings: MetricsRegistry.Counter
    let trainingDuration: MetricsRegistry.Gauge
    let modelVersion: MetricsRegistry.Gauge
    let modelItems: MetricsRegistry.Gauge
    let matrixUsers: MetricsRegistry.Gauge
    let matrixItems: MetricsRegistry.Gauge
    let matrixEntries: MetricsRegistry.Gauge
    let matrixApplied: MetricsRegistry.Counter
    let matrixFenced: MetricsRegistry.Counter
    let unreadableActivities: MetricsRegistry.Counter
    let isTrainer: MetricsRegistry.Gauge
    let matrixBytes: MetricsRegistry.Gauge
    let trainingProgress: MetricsRegistry.Gauge
    let heldTrainings: MetricsRegistry.Counter
    let refusedModels: MetricsRegistry.Counter
    let rollbacks: MetricsRegistry.Counter
    let shownItems: MetricsRegistry.Gauge
    let clickedItems: MetricsRegistry.Gauge
    private let registry: MetricsRegistry

    init(_ metrics: MetricsRegistry, plan: PipelinePlan = .standard) {
        notices = metrics.counter("scorer_notices_total", help: "Notices read from profiles.updated.")
        scoredUsers = metrics.counter("scorer_users_scored_total", help: "Lists computed.")
        rescoredUsers = metrics.counter("scorer_users_rescored_total", help: "Lists computed again for a new model.")
        scoringDuration = metrics.histogram(
            "scorer_scoring_duration_seconds",
            help: "From a chunk of notices to its lists in Redis."
        )
        stageDurations = Dictionary(
            uniqueKeysWithValues: PipelineStage.all(of: plan).map { stage in
                (
                    stage,
                    metrics.histogram(
                        "scorer_stage_duration_seconds",
                        help: "One stage of one list.",
                        labels: ["stage": stage.name],
                        buckets: Self.stageBuckets
                    )
                )
            }
        )
        newItems = metrics.gauge("scorer_new_items", help: "Items of the catalog that the model does not know.")
        fencedLists = metrics.counter("scorer_fence_rejections_total", help: "Lists that a newer one held back.")
        refusedLists = metrics.counter("scorer_lists_refused_total", help: "Lists that Redis refused for ever.")
        unreadableProfiles = metrics.counter("scorer_profiles_unreadable_total", help: "Profiles passed over.")
        trainings = metrics.counter("scorer_trainings_total", help: "Models published.")
        failedTrainings = metrics.counter("scorer_trainings_failed_total", help: "Trainings that published nothing.")
        trainingDuration = metrics.gauge("scorer_training_duration_seconds", help: "How long the latest training took.")
        modelVersion = metrics.gauge("scorer_model_version", help: "The version that serves; 0 before the first.")
        modelItems = metrics.gauge("scorer_model_items", help: "Items of the model that serves.")
        matrixUsers = metrics.gauge("scorer_matrix_users", help: "Users of the interaction matrix.")
        matrixItems = metrics.gauge("scorer_matrix_items", help: "Items of the interaction matrix.")
        matrixEntries = metrics.gauge("scorer_matrix_entries", help: "Cells of the interaction matrix.")
        matrixApplied = metrics.counter("scorer_matrix_activities_total", help: "Activities folded into the matrix.")
        matrixFenced = metrics.counter(
            "scorer_matrix_fence_rejections_total",
            help: "Activities that the matrix had already."
        )
        unreadableActivities = metrics.counter("scorer_activities_unreadable_total", help: "Records passed over.")
        isTrainer = metrics.gauge("scorer_is_trainer", help: "1 while this instance trains.")
        matrixBytes = metrics.gauge("scorer_matrix_bytes", help: "Memory of the interaction matrix.")
        trainingProgress = metrics.gauge("scorer_training_progress", help: "The finished share of the step at work.")
        heldTrainings = metrics.counter(
            "scorer_trainings_held_total",
            help: "Trained models not published because one was taken back a moment ago."
        )
        refusedModels = metrics.counter("scorer_models_refused_total", help: "Models that were worse than what serves.")
        rollbacks = metrics.counter(
            "scorer_models_rolled_back_total",
            help: "Versions taken back for their click-through."
        )
        shownItems = metrics.gauge("scorer_model_shown_items", help: "Items that the serving version has shown.")
        clickedItems = metrics.gauge("scorer_model_clicked_items", help: "Clicks on items of the serving version.")
        registry = metrics
    }

    /// How long a step of the latest training took.
    func step(_ name: String) -> MetricsRegistry.Gauge {
        registry.gauge(
            "scorer_training_step_seconds",
            help: "How long each step of the latest training took.",
            labels: ["step": name]
        )
    }

    /// NDCG@10 of a model, or of the served list, in the latest training.
    func figure(of model: String) -> MetricsRegistry.Gauge {
        registry.gauge(
            "scorer_model_ndcg",
            help: "NDCG@10 on the newest signals, which the models had not seen; list is what is served.",
            labels: ["model": model]
        )
    }

    /// From ten microseconds: stages are short.
    private static let stageBuckets = [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1,
    ]

    /// Times stages into the histograms.
    var stageClock: StageClock {
        let durations = stageDurations
        return StageClock(
            now: { DispatchTime.now().uptimeNanoseconds },
            observe: { stage, nanoseconds in durations[stage]?.observe(Double(nanoseconds) / 1e9) }
        )
    }
}
