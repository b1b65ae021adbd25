import Events
import Foundation
import Kafka
import ServiceSupport
import TestSupport
import Testing

@testable import Collector

/// `deploy/produce.sh`, which `docs/producing.md` shows, does what the collector does.
@Suite(.timeLimit(.minutes(1))) struct DirectProducingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// On CI, kcat has to be there.
    private static let hasTools =
        ProcessInfo.processInfo.environment["CI"] == "true"
        || FileManager.default.isExecutableFile(atPath: "/usr/bin/kcat")

    @Test(.enabled(if: hasTools)) func `events produced with kcat are those that come over HTTP`() async throws {
        var lines: [String] = []
        for (index, type) in EventRouting().topics.keys.map(\.rawValue).sorted().enumerated() {
            for user in [#""userId":"u\#(index)""#, #""userId":"ü \#(index)""#, #""anonymousId":"a{\#(index)}""#] {
                let both =
                    ["alias", "identify"].contains(type) ? #","userId":"x\#(index)","anonymousId":"y""# : ",\(user)"
                lines.append(
                    #"{"eventId":"e-\#(lines.count)","type":"\#(type)"\#(both),"itemId":"i","items":["i"],"value":4.50,"#
                        + #""consent":{},"timestamp":"2020-01-01T00:00:00.000Z","properties":{"tab":"a\tb","x": 1.0}}"#
                )
            }
        }
        let body = lines.joined(separator: "\n") + "\n"
        let count = lines.count
        try await withCollector { collector in
            let answer = try await collector.post(body, type: "application/x-ndjson")
            #expect(answer.text == #"{"accepted":\#(count),"rejected":[]}"#)
            let overHTTP = try await Self.events(in: collector)
            #expect(try await Self.produce(body, collector) == 0)
            let all = try await Self.events(in: collector)
            #expect(all.count == 2 * count)
            // Every event stands there twice: same topic, same partition, same key, same meaning.
            #expect(Dictionary(grouping: all) { $0 }.allSatisfy { $0.value.count == 2 })
            #expect(Set(all) == Set(overHTTP))
        }
    }

    private struct Seen: Hashable {
        var topic: SignalTopic
        var partition: Int32
        var event: ValidatedEvent
    }

    private static func events(in collector: RunningCollector) async throws -> [Seen] {
        var seen: [Seen] = []
        for topic in SignalTopic.allCases {
            for record in try await collector.records("events.\(topic.name)") {
                let event = try EventValidator().accept(
                    try #require(record.value),
                    key: record.key,
                    topic: topic,
                    now: Timestamp(milliseconds: record.timestamp)
                )
                seen.append(Seen(topic: topic, partition: record.partition, event: event))
            }
        }
        return seen
    }

    private static func produce(_ body: String, _ collector: RunningCollector) async throws -> Int32 {
        let input = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).ndjson")
        try body.write(to: input, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = root.appending(path: "deploy/produce.sh")
        process.arguments = [collector.broker.settings.bootstrapServers, collector.topics.prefix]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
