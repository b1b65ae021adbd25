/// A service of the suite, as ``ServiceMain`` starts it.
///
/// ```swift
/// await ServiceMain.run(CollectorService.self)
/// ```
public protocol FreshetService: Sendable {
    /// Everything the service can be told; read once, at start.
    associatedtype Settings: Sendable

    /// The service's name, also the executable's: `profile-updater`.
    static var name: String { get }
    /// What the service does, in one line.
    static var summary: String { get }
    /// The port of health and metrics unless `admin.port` says otherwise.
    static var defaultAdminPort: Int { get }

    /// Reads all settings, each of them always: a key that is not read is unknown.
    static func settings(from reader: SettingsReader) throws(SettingsError) -> Settings

    /// Does the work until the graceful shutdown of the surrounding task, then drains and returns.
    ///
    /// It runs as one service of a `ServiceGroup`: `withGracefulShutdownHandler`, `cancelWhenGracefulShutdown` and a
    /// `ServiceGroup` of its own work inside. Returning ends the process with 0, throwing with 1.
    static func run(_ settings: Settings, context: ServiceContext) async throws
}
