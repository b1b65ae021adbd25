import ArgumentParser
import Catalog
import Events
import Foundation

/// The command `freshet replay DATASET`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends a data set through the collector: the catalog first, then the events in their order.",
        discussion: """
            DATASET is a MovieLens folder (movies.csv, ratings.csv, tags.csv), the same as .tar.gz or .zip, or a .jsonl \
            file with an event a line. Event ids follow from the data, so sending a set twice counts nothing twice.
            """
    )

    @Argument(help: "The data set.")
    var dataset: String

    @Option(help: ArgumentHelp("The collector [COLLECTOR_URL].", valueName: "url"))
    var collector: String?

    @Option(help: ArgumentHelp("The server, for the catalog [SERVER_URL].", valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp("The server's API key, where it needs one [FRESHET_API_KEY].", valueName: "key"))
    var apiKey: String?

    @Option(help: ArgumentHelp("At most so many events a second.", valueName: "n"))
    var rate: Double?

    @Option(help: ArgumentHelp("So many times as fast as the events happened; 1 is real time.", valueName: "x"))
    var speed: Double?

    @Option(help: ArgumentHelp("Stop after so many events.", valueName: "n"))
    var limit: Int?

    @Option(help: "Events in a request.")
    var batch = 500

    @Option(help: "Requests at a time; a user's events always go one after the other.")
    var connections = 4

    @Flag(help: "Move all times so that the newest event is now.")
    var shiftToNow = false

    @Flag(help: "Go on where the last replay of this data set to this collector stopped.")
    var resume = false

    @Flag(help: "Send only the events.")
    var skipCatalog = false

    @Flag(help: "Send only the catalog.")
    var catalogOnly = false

    func validate() throws {
        guard (1...2500).contains(batch) else { throw ValidationError("--batch is between 1 and 2500") }
        guard (1...64).contains(connections) else { throw ValidationError("--connections is between 1 and 64") }
        guard rate ?? 1 > 0, speed ?? 1 > 0 else { throw ValidationError("--rate and --speed are above 0") }
        guard rate == nil || speed == nil else { throw ValidationError("--rate and --speed exclude each other") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let collector = try Self.url(collector ?? environment["COLLECTOR_URL"] ?? "http://127.0.0.1:8080")
        let server = try Self.url(server ?? environment["SERVER_URL"] ?? "http://127.0.0.1:8081")
        let data = try await DatasetFile.open(dataset)
        let client = HTTPClient(connections: connections + 2, apiKey: apiKey ?? environment["FRESHET_API_KEY"])
        if !skipCatalog, !data.items.isEmpty {
            let catalog = CatalogClient(client: client, server: server)
            Self.say("catalog: \(ReplayProgress.grouped(data.items.count)) items to \(server.absoluteString)")
            var progress = ReplayProgress(total: data.items.count, from: 0)
            try await catalog.put(data.items) { progress.show($0, isLast: $0 == data.items.count) }
            // Entries of one partition become readable in order; the last fifty stand in all of them.
            try await catalog.waitUntilReadable(data.items.suffix(50).map(\.id))
        }
        guard !catalogOnly else { return }
        let file = ResumePoint.file(dataset: dataset, collector: collector.absoluteString)
        let start = (resume ? ResumePoint(file: file) : nil) ?? ResumePoint(sent: 0, shift: shift(of: data))
        let replay = EventReplay(
            data: data,
            collector: CollectorClient(client: client, collector: collector),
            batch: batch,
            connections: connections,
            pace: Pace(rate: rate, speed: speed),
            count: min(limit ?? .max, data.eventCount)
        )
        Self.say("events: \(ReplayProgress.grouped(replay.count)) to \(collector.absoluteString)")
        let outcome = try await replay.run(from: start) { try $0.write(to: file) }
        try? FileManager.default.removeItem(at: file)
        Self.say("accepted \(outcome.accepted), rejected \(outcome.rejected.count)")
        for reason in outcome.rejected.prefix(10) { Self.say("  \(reason)") }
    }

    private func shift(of data: any Dataset) -> Int64 {
        guard shiftToNow, let newest = (0..<data.eventCount).lazy.map({ data.time(at: $0) }).max() else { return 0 }
        return Int64(Date.now.timeIntervalSince1970 * 1000) - newest.milliseconds
    }

    private static func url(_ text: String) throws -> URL {
        guard let url = URL(string: text), url.scheme?.hasPrefix("http") == true, url.host != nil else {
            throw Complaint("'\(text)' is not a URL like http://127.0.0.1:8080")
        }
        return url
    }

    private static func say(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
    }
}
