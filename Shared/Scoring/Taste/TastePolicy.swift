public import Events
public import Profiles
public import Recommenders

/// How what a user did becomes a strength that models learn from: the same for training and for scoring.
///
/// A signal's strength halves with each half-life that it is older than the user's own latest event, down to a floor: a
/// taste does not fade because its owner is away, and no clock is involved.
public struct TastePolicy: Sendable, Hashable {
    /// What each type of event says.
    public var weights: SignalWeights
    /// The age at which a signal counts half.
    public var decay: TimeDecay
    /// The most that one item counts.
    public var cap = 20.0
    /// Ratings below so many stars are no positive signals.
    public var positiveStars = 3.0
    /// How many of the latest items make up the session.
    public var sessionItems = 10
    /// What each older item of the session counts beside the next newer one.
    public var sessionDecay = 0.8

    /// Creates a policy.
    public init(weights: SignalWeights, decay: TimeDecay) {
        self.weights = weights
        self.decay = decay
    }

    /// The strength of a positive signal; `nil` for anything else.
    public func positiveStrength(of event: Event) -> Double? {
        guard !isNegative(event), let strength = weights.strength(of: event), strength > 0 else { return nil }
        return strength
    }

    /// Whether the event takes its item out of the user's positives.
    public func isNegative(_ event: Event) -> Bool {
        if weights.rejecting.contains(event.type) { return true }
        guard event.type == .rating else { return (weights.weights[event.type] ?? 0) < 0 }
        return (event.value ?? 0) < positiveStars
    }

    /// Whether a profile's signal speaks for its item.
    public func isPositive(_ signal: ItemSignal) -> Bool {
        guard signal.strength > 0, !signal.isRejected else { return false }
        guard signal.type == .rating else { return true }
        let threshold = Event(eventID: "", type: .rating, value: positiveStars, timestamp: signal.lastTime)
        // Strengths are stored as they were computed; the tolerance is for those stored in thousandths.
        return signal.strength >= (weights.strength(of: threshold) ?? 0) - 1e-6
    }

    /// What a sum of strengths counts at an age.
    public func weight(_ strength: Double, age milliseconds: Int64) -> Float {
        Float(min(cap, strength) * decay.factor(ageSeconds: Double(milliseconds) / 1000))
    }
}
