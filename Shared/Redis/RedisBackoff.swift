/// The pauses between attempts to connect: doubling up to a bound, with jitter so that services do not come in step.
struct RedisBackoff: Sendable {
    private let minimum: UInt64
    private let maximum: UInt64
    private var current: UInt64

    init(minimum: Duration, maximum: Duration) {
        self.minimum = max(1, minimum.nanoseconds)
        self.maximum = max(self.minimum, maximum.nanoseconds)
        current = self.minimum
    }

    /// The next pause in nanoseconds, between half and all of the current bound.
    mutating func next() -> UInt64 {
        defer { current = min(maximum, current * 2) }
        return UInt64.random(in: current / 2...current)
    }

    /// Starts over after a success.
    mutating func reset() {
        current = minimum
    }
}
