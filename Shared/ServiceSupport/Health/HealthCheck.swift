import NIOConcurrencyHelpers

/// The readiness of one part of a service: `kafka`, `redis`, `model`.
public final class HealthCheck: Sendable {
    /// The part's name.
    public let name: String
    private let state: NIOLockedValueBox<HealthReport.Part>

    init(name: String) {
        self.name = name
        state = NIOLockedValueBox(HealthReport.Part(name: name, isReady: false, reason: "starting"))
    }

    /// The part works; `detail` may carry a warning worth reading.
    public func ready(detail: String? = nil) {
        state.withLockedValue { $0 = HealthReport.Part(name: name, isReady: true, reason: detail) }
    }

    /// The part does not work, and why.
    public func unready(_ reason: String) {
        state.withLockedValue { $0 = HealthReport.Part(name: name, isReady: false, reason: reason) }
    }

    /// Whether the part works.
    public var isReady: Bool { part.isReady }

    var part: HealthReport.Part { state.withLockedValue { $0 } }
}
