import Foundation
import Events

/// How activity becomes a profile.
public struct ProfilePolicy: Hashable, Sendable {
    /// What each type of event says.
    public var weights: SignalWeights
    /// The time after which a signal weighs half, in milliseconds (30 days unless told).
    public var halfLifeMilliseconds: Double
    /// The most names kept per dimension of affinities.
    public var maximumAffinities: Int
    /// The most items kept; the latest stay.
    public var maximumItems: Int

    /// Creates a policy.
    public init(
        weights: SignalWeights = .standard,
        halfLifeMilliseconds: Double = 30 * 86_400_000,
        maximumAffinities: Int = 100,
        maximumItems: Int = 4096
    ) {
        self.weights = weights
        self.halfLifeMilliseconds = halfLifeMilliseconds
        self.maximumAffinities = maximumAffinities
        self.maximumItems = maximumItems
    }

    /// The factor 2^((time − landmark) / half-life).
    ///
    /// Larger than one when `time` is after `landmark`.
    func scale(at time: Timestamp, relativeTo landmark: Timestamp) -> Double {
        exp2(Double(time.milliseconds - landmark.milliseconds) / halfLifeMilliseconds)
    }
}
