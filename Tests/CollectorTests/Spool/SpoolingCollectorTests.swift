import Events
import Foundation
import Kafka
import ServiceSupport
import TestSupport
import Testing

@testable import Collector

/// The collector with a spool, over real HTTP, while the broker goes away and comes back.
@Suite(.serialized, .enabled(if: !usesRealBroker), .timeLimit(.minutes(2))) struct SpoolingCollectorTests {
    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private static func flags(_ folder: String, _ more: [String: String] = [:]) -> [String: String] {
        ["spool.dir": folder, "collector.deadline": "300ms"].merging(more) { $1 }
    }

    /// Two events of each of a few users in one body; `round` counts up.
    private static func body(_ round: Int) -> String {
        (0..<6).flatMap { user in
            [
                #"{"type":"view","userId":"u\#(user)","itemId":"i","eventId":"\#(round)-0"}"#,
                #"{"type":"page","userId":"u\#(user)","eventId":"\#(round)-1"}"#,
            ]
        }.joined(separator: "\n")
    }

    private static func post(_ round: Int, _ collector: RunningCollector) async throws -> Int {
        try await collector.post(body(round), type: "application/x-ndjson").status
    }

    /// The ids of each user's events in the order of their first copies, and the received-at of all copies.
    private static func arrived(
        _ collector: RunningCollector
    ) async throws -> (
        ids: [String: [String]], receivedAt: [String: Set<String>]
    ) {
        var (ids, received) = ([String: [String]](), [String: Set<String>]())
        for record in try await collector.records("events.views") {
            let user = String(decoding: record.key ?? [], as: UTF8.self)
            let id = String(decoding: record.header("event-id") ?? [], as: UTF8.self)
            received[user + id, default: []].insert(
                String(decoding: record.header("received-at") ?? [], as: UTF8.self)
            )
            if ids[user]?.contains(id) != true { ids[user, default: []].append(id) }
        }
        return (ids, received)
    }

    private static func expected(_ rounds: Int) -> [String: [String]] {
        let ids = (0..<rounds).flatMap { ["\($0)-0", "\($0)-1"] }
        return Dictionary(uniqueKeysWithValues: (0..<6).map { ("u\($0)", ids) })
    }

    @Test func `while Kafka is away everything is answered with 202, and arrives in order afterwards`() async throws {
        try await Self.withFolder { folder in
            try await withCollector(flags: Self.flags(folder)) { collector in
                for round in 0..<3 { #expect(try await Self.post(round, collector) == 202) }
                try collector.broker.embedded?.setBrokerDown()
                for round in 3..<40 { #expect(try await Self.post(round, collector) == 202) }
                try await untilTrue(within: .seconds(20)) {
                    collector.context.health.readiness().json.contains("events go to the spool")
                }
                #expect(collector.context.health.isReady)
                #expect(collector.metric("collector_spool_records") > 200)
                #expect(collector.metric("collector_spool_bytes") > 20_000)
                try collector.broker.embedded?.setBrokerUp()
                for round in 40..<60 { #expect(try await Self.post(round, collector) == 202) }
                try await untilTrue(within: .seconds(30)) { collector.metric("collector_spool_records") == 0 }
                for round in 60..<62 { #expect(try await Self.post(round, collector) == 202) }
                let arrived = try await Self.arrived(collector)
                #expect(arrived.ids == Self.expected(62))
                #expect(arrived.receivedAt.values.allSatisfy { $0.count == 1 })
                #expect(collector.metric("collector_spool_bytes") == 0)
            }
        }
    }

    @Test func `what was spooled survives the process, and a start without Kafka`() async throws {
        try await Self.withFolder { folder in
            try await withCollectorTopics { broker, topics in
                try await withCollector(on: broker, topics, flags: Self.flags(folder)) { collector in
                    try broker.embedded?.setBrokerDown()
                    for round in 0..<10 { #expect(try await Self.post(round, collector) == 202) }
                }
                try await withCollector(on: broker, topics, flags: Self.flags(folder)) { collector in
                    #expect(collector.metric("collector_spool_records") == 120)
                    for round in 10..<20 { #expect(try await Self.post(round, collector) == 202) }
                    try broker.embedded?.setBrokerUp()
                    try await untilTrue(within: .seconds(30)) { collector.metric("collector_spool_records") == 0 }
                    #expect(try await Self.arrived(collector).ids == Self.expected(20))
                }
            }
        }
    }

    @Test func `a full spool is answered with 503, and what was answered with 202 stays`() async throws {
        try await Self.withFolder { folder in
            let flags = Self.flags(folder, ["spool.max.bytes": "1048576"])
            try await withCollector(flags: flags) { collector in
                try collector.broker.embedded?.setBrokerDown()
                var taken: [String] = []
                var refusal: RunningCollector.Answer?
                while refusal == nil, taken.count < 200 {
                    let filler = String(repeating: "x", count: 20_000)
                    let event =
                        #"{"type":"page","userId":"u","eventId":"\#(taken.count)","properties":{"x":"\#(filler)"}}"#
                    let answer = try await collector.post(event)
                    if answer.status == 202 { taken.append("\(taken.count)") } else { refusal = answer }
                }
                #expect(refusal?.status == 503)
                #expect(refusal?.header("retry-after") == "10")
                #expect(taken.count > 30)
                #expect(!collector.context.health.isReady)
                try collector.broker.embedded?.setBrokerUp()
                try await untilTrue(within: .seconds(30)) { collector.metric("collector_spool_records") == 0 }
                #expect(Array(try await Self.arrived(collector).ids["u"]?.prefix(taken.count) ?? []) == taken)
                #expect(collector.context.health.isReady)
            }
        }
    }

    @Test func `a producer that fails for good loses nothing`() async throws {
        try await Self.withFolder { folder in
            try await withCollector(flags: Self.flags(folder)) { collector in
                try collector.broker.embedded?.setRoundTripTime(.milliseconds(200))
                // OUT_OF_ORDER_SEQUENCE_NUMBER, which an idempotent producer does not survive.
                collector.broker.embedded?.pushErrors([45, 45], for: .produce)
                for round in 0..<6 { #expect(try await Self.post(round, collector) == 202) }
                try collector.broker.embedded?.setRoundTripTime(.zero)
                try await untilTrue(within: .seconds(30)) { collector.metric("collector_spool_records") == 0 }
                #expect(try await Self.arrived(collector).ids == Self.expected(6))
            }
        }
    }

    @Test func `a timeout for records does not go together with a spool`() throws {
        let reader = try SettingsReader(
            flags: ["spool.dir": "/tmp/x", "kafka.properties.message.timeout.ms": "1000"]
        )
        #expect(throws: SettingsError.self) { try CollectorSettings(from: reader) }
    }
}
