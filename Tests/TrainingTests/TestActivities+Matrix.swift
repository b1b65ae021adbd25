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

    /// The list that is served for a profile.
    static let lists: Validation.Lists = { bundle in
        let pipeline = ListPipeline(bundle: bundle, taste: taste, exclusion: ExclusionPolicy(excludesSeen: true))
        return { try pipeline.ids(for: $0, length: 10) }
    }
}
