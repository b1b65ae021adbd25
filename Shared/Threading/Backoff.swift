/// How long to wait between attempts: exponential, bounded, with jitter.
public struct Backoff: Sendable, Hashable {
    /// The wait after the first failure.
    public let initial: Duration
    /// The longest wait.
    public let maximum: Duration
    /// Failures since the last success.
    public private(set) var failures = 0

    /// Creates a policy; the wait doubles from `initial` up to `maximum`.
    public init(initial: Duration = .milliseconds(50), maximum: Duration = .seconds(5)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// Notes a failure and returns how long to wait: between half and the whole of the current step.
    public mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// Notes a success: the next failure starts at `initial` again.
    public mutating func reset() {
        failures = 0
    }

    /// Notes a failure and waits; returns early when the task is cancelled.
    public mutating func pause() async {
        try? await Task.sleep(for: next())
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let step = min(initial * (1 << min(failures, 20)), maximum)
        failures += 1
        return step * Double.random(in: 0.5...1, using: &generator)
    }
}
