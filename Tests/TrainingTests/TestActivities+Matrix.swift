import Events
import Recommenders
import Scoring
import ScoringSamples
import Training

extension TestActivities {
    /// The default plan, small enough for a test.
    static let plan: TrainingPlan = {
        var plan = TrainingPlan(taste: taste)
        plan.models.als?.factors = 8
        plan.models.als?.regularization = 5
        return plan
    }()

    /// The matrix of some activities.
    static func matrix(_ activities: [Activity], plan: TrainingPlan = plan) -> ActivityMatrix {
        var matrix = ActivityMatrix()
        for activity in activities { matrix.apply(activity, plan: plan) }
        return matrix
    }

    /// What makes the lists that are served.
    static let pipeline: Validation.Pipeline = {
        ListPipeline(bundle: $0, taste: taste, exclusion: ExclusionPolicy(excludesSeen: true))
    }
}
