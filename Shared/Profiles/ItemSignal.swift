public import Events

/// What a user did with one item.
public struct ItemSignal: Hashable, Sendable {
    /// The type of the strongest signal.
    public var type: EventType
    /// The strength of the strongest signal, from ``SignalWeights/strength(of:)``.
    public var strength: Double
    /// The latest event time of any signal.
    public var lastTime: Timestamp
    /// How many signals there were.
    public var count: Int
    /// Whether the user has used the item up.
    public var isConsumed: Bool
    /// Whether the user has rejected the item.
    public var isRejected: Bool

    /// Creates a signal.
    public init(
        type: EventType,
        strength: Double,
        lastTime: Timestamp,
        count: Int = 1,
        isConsumed: Bool = false,
        isRejected: Bool = false
    ) {
        self.type = type
        self.strength = strength
        self.lastTime = lastTime
        self.count = count
        self.isConsumed = isConsumed
        self.isRejected = isRejected
    }

    /// Folds in a further signal.
    ///
    /// Between positive signals the stronger one stays (the later among equals). Where one of the two is negative
    /// the later one counts: an opinion can change either way.
    mutating func merge(_ other: ItemSignal) {
        let isLater = other.lastTime >= lastTime
        let bothPositive = strength >= 0 && other.strength >= 0
        let replaces =
            if bothPositive { other.strength > strength || (other.strength == strength && isLater) } else { isLater }
        if replaces { (type, strength) = (other.type, other.strength) }
        if isLater, other.isRejected || other.strength > 0 { isRejected = other.isRejected }
        lastTime = max(lastTime, other.lastTime)
        count += other.count
        isConsumed = isConsumed || other.isConsumed
    }
}
