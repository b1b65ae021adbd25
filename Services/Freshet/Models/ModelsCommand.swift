import ArgumentParser
import Foundation
import Scoring
import ServiceSupport
import Stores
import Threading

/// The command `freshet models`.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Shows, saves, judges and publishes versions of the models.",
        subcommands: [List.self, Inspect.self, Save.self, Publish.self],
        defaultSubcommand: List.self
    )
}

extension ModelsCommand {
    /// `freshet models list`, also `freshet models`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the latest versions, and what was refused."
        )

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let settings = try connection.settings()
            let lines = try await settings.withRedis { redis in
                let store = ModelStore(redis: redis, keys: settings.keys, registry: settings.registry)
                return VersionReport.list(
                    records: try await store.records(of: ModelBundle.name),
                    serving: try await store.currentVersion(of: ModelBundle.name),
                    refusals: try await store.refusals(of: ModelBundle.name)
                )
            }
            print(lines.joined(separator: "\n"))
        }
    }

    /// `freshet models inspect FILE`.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reads an artefact and says what it consists of.")

        @Argument(help: "The artefact's file.")
        var file: String

        func run() async throws {
            let bytes = try await ArtefactFile(path: file).read()
            print(
                VersionReport.bundle(try ModelBundle(version: 0, artefact: bytes), bytes: bytes).joined(separator: "\n")
            )
        }
    }

    /// `freshet models save FILE`.
    struct Save: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Saves the artefact of a version to a file.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "The version; the one that serves unless given. Two are kept.")
        var version: UInt64?

        @Argument(help: "The file, which is replaced.")
        var file: String

        func run() async throws {
            let settings = try connection.settings()
            let (saved, bytes) = try await settings.withRedis { redis in
                let store = ModelStore(redis: redis, keys: settings.keys, registry: settings.registry)
                let current = try await store.currentVersion(of: ModelBundle.name)
                let wanted = version ?? current
                guard let bytes = try await store.artefact(of: ModelBundle.name, version: wanted) else {
                    throw Complaint("the artefact of version \(wanted) is not kept; version \(current) serves")
                }
                return (wanted, bytes)
            }
            try await ArtefactFile(path: file).write(bytes)
            print("version \(saved): \(bytes.count) bytes in \(file)")
        }
    }

    /// `freshet models publish FILE`.
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hands an artefact to the trainer, which publishes it unless it is worse than what serves.",
            discussion: "Waits for the verdict: exit code 0 when it serves, 1 when it was refused."
        )

        @OptionGroup var connection: ConnectionOptions

        @Flag(help: "Publish at once, without a verdict; it is still taken back if it harms click-through.")
        var force = false

        @Option(help: "How many seconds to wait for the verdict.")
        var wait = 120.0

        @Argument(help: "The artefact's file.")
        var file: String

        func run() async throws {
            let bytes = try await ArtefactFile(path: file).read()
            let bundle = try ModelBundle(version: 0, artefact: bytes)
            let settings = try connection.settings()
            try await settings.withRedis { redis in
                let store = ModelStore(redis: redis, keys: settings.keys, registry: settings.registry)
                let publication = ModelPublication(store: store)
                let version =
                    force
                    ? try await publication.force(bundle, bytes, at: .now)
                    : try await publication.submit(bytes, timeout: .seconds(wait))
                print("version \(version) serves")
            }
        }
    }
}

/// A file of an artefact, read and written on threads of their own.
private struct ArtefactFile {
    let path: String

    func read() async throws -> [UInt8] {
        let path = path
        return try await DedicatedThread.run {
            Result { Array(try Data(contentsOf: URL(filePath: path))) }
        }.get()
    }

    func write(_ bytes: [UInt8]) async throws {
        let path = path
        try await DedicatedThread.run { Result { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } }
            .get()
    }
}
