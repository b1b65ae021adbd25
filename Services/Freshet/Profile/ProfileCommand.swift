import ArgumentParser
import Events
import Profiles
import ServiceSupport
import Sessions
import Stores

/// The command `freshet profile USER`.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Shows what Redis holds for a user: profile, session and list.",
        discussion: "USER is a user id, or ~ and an anonymous id."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The user.")
    var user: String

    @Option(help: "Rows of each table.")
    var rows = 10

    func run() async throws {
        let settings = try connection.settings()
        let key = UserKey(rawValue: user)
        let lines = try await settings.withRedis { redis in
            let profile = try await RedisProfileStore(redis: redis, keys: settings.keys).load([key]).first
            let stream = try await RedisStreamStateStore(redis: redis, keys: settings.keys).load([key]).first
            let list = try await RecommendationStore(redis: redis, keys: settings.keys).list(for: key)
            let report = ProfileReport(rows: rows)
            return report.profile(profile) + report.stream(stream, of: key) + report.list(list)
        }
        guard !lines.isEmpty else {
            throw Complaint("Redis holds nothing for '\(user)': no event of this user has been processed")
        }
        print(lines.joined(separator: "\n"))
    }
}
