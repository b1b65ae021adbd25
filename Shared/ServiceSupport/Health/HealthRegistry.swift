import NIOConcurrencyHelpers

/// What a service reports about itself: named checks for readiness, watchdogs for liveness.
///
/// The service is ready when every check is ready, and alive while no watchdog has missed its beat.
public final class HealthRegistry: Sendable {
    private let checks = NIOLockedValueBox<[@Sendable () -> HealthReport.Part]>([])
    private let watchdogs = NIOLockedValueBox<[Watchdog]>([])

    /// Creates a registry without checks, which is ready.
    public init() {}

    /// Adds a check, unready with `starting` until told otherwise.
    public func check(_ name: String) -> HealthCheck {
        let check = HealthCheck(name: name)
        checks.withLockedValue { $0.append { check.part } }
        return check
    }

    /// Adds a check whose verdict is asked for whenever somebody wants to know.
    public func check(_ name: String, verdict: @escaping @Sendable () -> HealthReport.Verdict) {
        checks.withLockedValue { $0.append { HealthReport.Part(name: name, verdict: verdict()) } }
    }

    /// Adds a watchdog over a loop that beats at least every `timeout`; it watches from the first beat on.
    public func watchdog(_ name: String, timeout: Duration = .seconds(30)) -> Watchdog {
        let watchdog = Watchdog(name: name, timeout: timeout)
        watchdogs.withLockedValue { $0.append(watchdog) }
        return watchdog
    }

    /// Whether all checks are ready.
    public var isReady: Bool { readiness().isHealthy }

    /// Readiness with the reasons.
    public func readiness() -> HealthReport {
        HealthReport(parts: checks.withLockedValue { $0 }.map { $0() })
    }

    /// Liveness with the loops that hang.
    public func liveness(now: ContinuousClock.Instant = .now) -> HealthReport {
        HealthReport(parts: watchdogs.withLockedValue { $0 }.map { $0.part(now: now) })
    }
}
