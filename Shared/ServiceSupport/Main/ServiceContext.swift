public import Logging

/// What every service gets to run with.
public struct ServiceContext: Sendable {
    /// The service's name, for example `profile-updater`.
    public let name: String
    /// The service's version.
    public let version: String
    /// The root logger.
    public let logger: Logger
    /// Where metrics are made.
    public let metrics: MetricsRegistry
    /// Where parts report that they work.
    public let health: HealthRegistry

    /// Creates a context, also for tests.
    public init(
        name: String,
        version: String = ServiceVersion.current,
        logger: Logger,
        metrics: MetricsRegistry = MetricsRegistry(),
        health: HealthRegistry = HealthRegistry()
    ) {
        self.name = name
        self.version = version
        self.logger = logger
        self.metrics = metrics
        self.health = health
    }
}

/// The version of the suite; all services of one build have the same.
public enum ServiceVersion {
    /// The current version.
    public static let current = "0.1.0"
}
