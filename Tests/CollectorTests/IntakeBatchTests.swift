import Events
import Kafka
import ServiceSupport
import Testing

@testable import Collector

@Suite struct IntakeBatchTests {
    static let now = Timestamp(milliseconds: 1_795_206_458_081)

    private func batch(_ text: String, as syntax: BodyFormat.Syntax = .json) throws -> IntakeBatch {
        let body = Array(text.utf8)
        let ranges = try BodySplitter.split(body, as: syntax, limit: 100)
        return IntakeBatch(body, at: ranges, validator: EventValidator(), now: Self.now)
    }

    @Test func `one bad event never fails its neighbours`() throws {
        let batch = try batch(
            """
            [{"type":"view","userId":"u","itemId":"i"},{"type":"view","userId":"u","eventId":"e-2"},7,
             {"type":"page","anonymousId":"a","eventId":"e-4"}]
            """
        )
        #expect(batch.accepted.map(\.event.topic) == [.views, .views])
        #expect(batch.accepted.map(\.event.user.rawValue) == ["u", "~a"])
        #expect(batch.rejected.map(\.index) == [1, 2])
        #expect(batch.rejected.map(\.eventID) == ["e-2", nil])
        #expect(batch.rejected.map(\.error.reason) == [.missingField, .malformedJSON])
        #expect(batch.rejected.map(\.user?.rawValue) == ["u", nil])
        #expect(
            String(decoding: batch.answer, as: UTF8.self) == """
                {"accepted":2,"rejected":[{"index":1,"eventId":"e-2","reason":"missing-field","field":"itemId",\
                "detail":"is required for type view"},{"index":2,"reason":"malformed-json",\
                "detail":"an event is one JSON object"}]}
                """
        )
    }

    @Test func `id and time are completed`() throws {
        let accepted = try #require(try batch(#"{"type":"page","userId":"u"}"#).accepted.first)
        #expect(accepted.event.event.timestamp == Self.now)
        #expect(accepted.event.event.eventID.utf8.count == 36)
        #expect(try EventCodec.decode(accepted.value) == accepted.event.event)
    }

    @Test func `a line that is cut off takes nobody with it`() throws {
        let batch = try batch("{\"type\":\"page\",\"userId\":\"u\"}\n{\"type\":\n", as: .lines)
        #expect(batch.accepted.count == 1)
        #expect(batch.rejected.map(\.error.reason) == [.malformedJSON])
        #expect(!batch.isNotJSONAtAll)
        #expect(try self.batch("<html>\n</html>", as: .lines).isNotJSONAtAll)
    }

    @Test func `records carry key, topic and headers`() throws {
        let batch = try batch(#"[{"type":"click","userId":"u","itemId":"i","eventId":"e"},{"type":"no","userId":"w"}]"#)
        let records = batch.records(topics: TopicNames(), limits: EventLimits(), receivedAt: Self.now)
        #expect(records.map(\.topic) == ["freshet.events.clicks", "freshet.events.rejected"])
        #expect(records.map(\.key) == [Array("u".utf8), Array("w".utf8)])
        #expect(
            records[0].headers.map { [$0.name, String(decoding: $0.value, as: UTF8.self)] } == [
                ["event-id", "e"], ["event-type", "click"], ["received-at", "1795206458081"], ["schema-version", "1"],
            ]
        )
        #expect(
            records[1].headers.map { [$0.name, String(decoding: $0.value, as: UTF8.self)] } == [
                ["received-at", "1795206458081"], ["schema-version", "1"], ["reason", "unknown-type"],
                ["stage", "collector"],
            ]
        )
        #expect(records[1].value == Array(#"{"type":"no","userId":"w"}"#.utf8))
    }

    @Test func `what is accepted the stream-processor accepts as well, however close to the limit`() throws {
        let validator = EventValidator()
        for padding in 32_500..<32_768 {
            let text = #"{"type":"page","userId":"u","timestamp":1795206458081,"properties":{"x":""#
            let batch = try batch(text + String(repeating: "x", count: padding) + "\"}}")
            for accepted in batch.accepted {
                #expect(throws: Never.self) {
                    try validator.accept(
                        accepted.value,
                        key: Array(accepted.event.user.rawValue.utf8),
                        topic: accepted.event.topic,
                        now: Self.now
                    )
                }
            }
            #expect(batch.rejected.allSatisfy { $0.error.reason == .tooLarge })
        }
    }
}
