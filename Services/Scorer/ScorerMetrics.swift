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
        trainingDuration = metrics.gauge("scorer_training_duration_seconds", help: "How long the latest fit took.")
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
