import Events
import ScoringSamples

@testable import Scorer

extension TestActivities {
    /// The matrix of some activities.
    static func matrix(_ activities: [Activity]) -> ActivityMatrix {
        var matrix = ActivityMatrix()
        for activity in activities { matrix.apply(activity, policy: taste) }
        return matrix
    }
}
