import ServiceLifecycle
import ServiceSupport

/// The HTTP API over recommendations, catalog and profiles.
enum RecommendationServer: FreshetService {
    static let name = "server"
    static let summary = "Answers who should be recommended what."
    static let defaultAdminPort = 9184

    static func settings(from reader: SettingsReader) throws(SettingsError) -> ServerSettings {
        try ServerSettings(from: reader)
    }

    static func run(_ settings: ServerSettings, context: ServiceContext) async throws {
        try await gracefulShutdown()
    }
}
