import Glibc

/// Exponential decay: what happened a half-life ago counts half.
public struct TimeDecay: Hashable, Sendable {
    /// The age at which something counts half, in seconds; above zero.
    public let halfLifeSeconds: Double
    /// What the oldest things still count.
    public let floor: Double

    /// Creates a decay; throws `invalidParameter` for a half-life that is not above zero or a floor outside [0, 1].
    public init(halfLifeSeconds: Double, floor: Double = 0) throws(RecommenderError) {
        guard halfLifeSeconds > 0 else { throw RecommenderError(.invalidParameter, "half-life \(halfLifeSeconds)") }
        guard (0...1).contains(floor) else { throw RecommenderError(.invalidParameter, "floor \(floor)") }
        self.halfLifeSeconds = halfLifeSeconds
        self.floor = floor
    }

    /// The factor for something of this age; the future counts as now.
    public func factor(ageSeconds: Double) -> Double {
        max(floor, Self.factor(ageSeconds: ageSeconds, halfLifeSeconds: halfLifeSeconds))
    }

    /// The factor without a floor; the future counts as now.
    public static func factor(ageSeconds: Double, halfLifeSeconds: Double) -> Double {
        exp2(-max(0, ageSeconds) / halfLifeSeconds)
    }
}
