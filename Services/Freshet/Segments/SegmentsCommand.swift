import ArgumentParser
import Evaluation
import Foundation
import Profiles
import Segments
import ServiceSupport
import Stores

/// The command `freshet segments`.
struct SegmentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract:
            "Shows the segments of the users: names, sizes, what distinguishes them, and how far users have drifted.",
        discussion: """
            Reads the segment model from the registry and a sample of the profiles from Redis, and puts the profiles into \
            the model's segments as they are now.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The most users that are looked at.")
    var sample = 10_000

    @Option(help: ArgumentHelp("Write the users as points in the plane of their largest variance.", valueName: "file"))
    var svg: String?

    func validate() throws {
        guard sample > 0 else { throw ValidationError("--sample is at least 1") }
    }

    func run() async throws {
        let settings = try connection.settings()
        let (version, model, profiles) = try await settings.withRedis { redis in
            let registry = ModelStore(redis: redis, keys: settings.keys)
            let version = try await registry.currentVersion(of: SegmentModel.name)
            let bytes = try await registry.artefact(of: SegmentModel.name, version: version)
            let profiles = try await RedisProfileStore(redis: redis, keys: settings.keys)
                .sample(limit: sample, bytes: 512 << 20).map(\.profile)
            return (version, try bytes.map { try SegmentModel(decoding: $0) }, profiles)
        }
        let report = SegmentReport(version: version, model: model, profiles: profiles)
        print(report.lines.joined(separator: "\n"))
        guard let svg else { return }
        guard let plot = report.plot else { throw Complaint("there is no segment model to draw yet") }
        try Data(plot.svg.utf8).write(to: URL(filePath: svg), options: .atomic)
    }
}
