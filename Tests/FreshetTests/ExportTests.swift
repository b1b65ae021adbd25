import Events
import Foundation
import Kafka
import Logging
import ServiceSupport
import TestSupport
import Testing

@testable import Freshet

@Suite("Export", .timeLimit(.minutes(1)))
struct ExportTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")

    private static func activity(
        _ user: String,
        _ type: EventType,
        _ item: String?,
        offset: Int64,
        day: Int64 = 0,
        value: Double? = nil
    ) -> Activity {
        let time = Timestamp(milliseconds: 1_760_000_000_000 + day * 86_400_000)
        let event = Event(
            eventID: "e-\(offset)",
            type: type,
            userID: user,
            itemID: item,
            value: value,
            timestamp: time
        )
        return Activity(
            event: event,
            user: UserKey(userID: user),
            source: SourceCoordinates(generation: 1, topic: .feedback, partition: 0, offset: offset),
            receivedAt: time,
            session: Activity.Session(id: "s", start: time)
        )
    }

    private static func line(_ activity: Activity) -> String {
        String(decoding: ActivityTable.line(ActivityFacts(activity)), as: UTF8.self)
    }

    @Test func `a line has the columns of the header, and fields that need it are quoted`() {
        #expect(
            Self.line(Self.activity("u1", .rating, "7", offset: 5, value: 4.5))
                == "u1,7,rating,4.5,1760000000000,1760000000000,1760000000000,feedback,1,0,5\n"
        )
        let odd = Self.line(Self.activity("a \"b\", c", .page, nil, offset: 5))
        #expect(odd.hasPrefix("\"a \"\"b\"\", c\",,page,,176"))
        var read = CSVLines(Array((ActivityTable.header + odd).utf8))
        let header = read.next()
        #expect(header?.count == 11)
        #expect(read.next()?.first == "a \"b\", c")
    }

    @Test func `days are those of UTC, before 1970 too`() {
        #expect(ExportDay(of: Timestamp(milliseconds: 1_760_000_000_000)).description == "2025-10-09")
        #expect(ExportDay(of: Timestamp(milliseconds: -1)).description == "1969-12-31")
        #expect(ExportDay("2025-10-09") == ExportDay(of: Timestamp(milliseconds: 1_760_000_000_000)))
        for text in ["2025-13-01", "2025-1-1", "yesterday", ""] { #expect(ExportDay(text) == nil) }
    }

    @Test func `more days than files may be open at a time become a file each`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var files = DayFiles(folder: folder, partition: 3)
        for round in 0..<2 {
            for day in 0..<100 as Range<Int64> {
                let activity = ActivityFacts(Self.activity("u", .view, "i", offset: Int64(round), day: day))
                try files.append(ActivityTable.line(activity), to: ExportDay(of: activity.effectiveTime))
            }
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".csv") })
        try files.finish()
        let written = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("csv") }
        #expect(written.count == 100 && written.allSatisfy { $0.hasSuffix("/part-00003.csv") })
        let text = try String(contentsOf: folder.appending(path: "day=2025-10-10/part-00003.csv"), encoding: .utf8)
        #expect(text.split(separator: "\n").count == 3 && text.hasPrefix(ActivityTable.header))
    }

    @Test func `only a folder that is empty or holds an export is written to`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let export = ExportFolder(url: folder)
        try export.prepare(overwriting: false)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "day=2025-10-09"),
            withIntermediateDirectories: true
        )
        try export.finish()
        #expect(throws: Complaint.self) { try export.prepare(overwriting: false) }
        try export.prepare(overwriting: true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try Data().write(to: folder.appending(path: "thesis.txt"))
        #expect(throws: Complaint.self) { try export.prepare(overwriting: true) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["thesis.txt"])
    }

    @Test func `every activity of the topic stands in the file of its day and partition, once`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withBroker(topics: [:]) { client, broker in
            let prefix = "\(broker.group("export"))."
            let settings = try ToolSettings(
                from: SettingsReader(flags: [
                    "kafka.bootstrap.servers": client.bootstrapServers, "topics.prefix": prefix,
                ])
            )
            let topic = TopicSpecification(name: settings.topics.activity, partitions: 2)
            if let embedded = broker.embedded {
                try embedded.createTopic(topic.name, partitions: topic.partitions)
            } else {
                try await KafkaAdmin(settings: client).createTopics([topic])
            }
            try await Self.fill(topic.name, client)
            let run = { (days: ClosedRange<ExportDay>?) async throws -> ActivityExport.Outcome in
                let export = ExportFolder(url: folder)
                try export.prepare(overwriting: true)
                return try await ActivityExport(settings: settings, folder: export, days: days).run { _, _ in }
            }
            let all = try await run(nil)
            #expect(all == .init(rows: 4, files: 3, copies: 2, outside: 0, unreadable: 1))
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
                !$0.hasPrefix("day") || $0.hasSuffix("csv")
            }
            #expect(
                files.sorted() == [
                    "_SUCCESS", "day=2025-10-09/part-00000.csv", "day=2025-10-09/part-00001.csv",
                    "day=2025-10-10/part-00000.csv",
                ]
            )
            let text = try String(contentsOf: folder.appending(path: files.sorted()[1]), encoding: .utf8)
            #expect(text.split(separator: "\n").dropFirst().map { String($0.prefix(7)) } == ["u1,a,vi", "u1,b,vi"])
            let day = try #require(ExportDay("2025-10-10"))
            #expect(try await run(day...day) == .init(rows: 1, files: 1, copies: 2, outside: 3, unreadable: 1))
        }
    }

    /// Two users with four activities, two of them emitted again, and a record that is none.
    private static func fill(_ topic: String, _ client: KafkaClientSettings) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let producer = try KafkaProducer(settings: client, mode: .pipeline, logger: quiet)
        let own = [
            activity("u1", .view, "a", offset: 1), activity("u1", .view, "b", offset: 2),
            activity("u1", .view, "c", offset: 4, day: 1),
        ]
        let other = activity("u5", .page, nil, offset: 3)
        for activity in own + own.prefix(2) + [other] {
            _ = try await producer.send(
                KafkaOutgoingMessage(
                    topic: topic,
                    key: Array(activity.user.rawValue.utf8),
                    value: ActivityCodec.encode(activity),
                    headers: [KafkaHeader(EventHeaders.Name.source, "\(activity.source)")]
                )
            )
        }
        _ = try await producer.send(KafkaOutgoingMessage(topic: topic, key: [1], value: [1]))
        await producer.close()
    }
}
