import NIOConcurrencyHelpers

/// Watches a loop: one that does not beat in time makes the process not alive.
public final class Watchdog: Sendable {
    /// The loop's name.
    public let name: String
    private let timeout: Duration
    private let lastBeat = NIOLockedValueBox<ContinuousClock.Instant?>(nil)

    init(name: String, timeout: Duration) {
        self.name = name
        self.timeout = timeout
    }

    /// The loop is going round.
    public func beat(now: ContinuousClock.Instant = .now) {
        lastBeat.withLockedValue { $0 = now }
    }

    /// The loop ended or rests on purpose; the next beat starts the watch again.
    public func rest() {
        lastBeat.withLockedValue { $0 = nil }
    }

    func part(now: ContinuousClock.Instant) -> HealthReport.Part {
        guard let beat = lastBeat.withLockedValue({ $0 }) else {
            return HealthReport.Part(name: name, isReady: true, reason: "resting")
        }
        let age = now - beat
        guard age > timeout else { return HealthReport.Part(name: name, isReady: true, reason: nil) }
        return HealthReport.Part(name: name, isReady: false, reason: "no progress for \(age.components.seconds) s")
    }
}
