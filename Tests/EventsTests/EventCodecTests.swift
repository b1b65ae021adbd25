import Events
import JSON
import SeededRandom
import Testing

@Suite struct EventCodecTests {
    @Test func `every field is read`() throws {
        let event = try EventCodec.decode(Samples.bytes(Samples.full))
        #expect(event.eventID == "0190-a")
        #expect(event.type == .view)
        #expect(event.userID == "u42")
        #expect(event.anonymousID == "a-7")
        #expect(event.sessionID == "s-9")
        #expect(event.itemID == "i-17")
        #expect(event.value == 4.5)
        #expect(event.timestamp == Timestamp("2026-11-20T20:27:38.081Z"))
        #expect(event.context?.device == "mobile")
        #expect(event.context?.placement == "home")
        #expect(event.recommendation?.position == 3)
        #expect(event.recommendation?.propensity == 0.2)
        #expect(event.consent?.personalization == true)
        #expect(event.consent?.analytics == false)
        #expect(event.properties == Samples.bytes(#"{"any":["thing",1.0,null]}"#))
    }

    @Test func `what was written reads back, byte for byte`() throws {
        #expect(EventCodec.encode(try EventCodec.decode(Samples.bytes(Samples.full))) == Samples.bytes(Samples.full))
    }

    @Test func `null is absence and unknown fields are passed over`() throws {
        let text = """
            {"eventId":"e","type":"page","userId":null,"anonymousId":"a","new":{"x":[1]},"value":null,"items":null,\
            "context":null,"recommendation":null,"consent":{"analytics":null,"more":1},"properties":null,\
            "timestamp":1795206458081}
            """
        let event = try EventCodec.decode(Samples.bytes(text))
        #expect(event == Event(eventID: "e", type: .page, anonymousID: "a", timestamp: Samples.now, consent: .init()))
    }

    @Test func `id and time are completed where absent, and only there`() throws {
        let defaults = EventCodec.Defaults(eventID: "new", timestamp: Samples.now)
        let empty = try EventCodec.decode(Samples.bytes(#"{"type":"page"}"#), completing: defaults)
        #expect(empty.eventID == "new")
        #expect(empty.timestamp == Samples.now)
        let full = try EventCodec.decode(Samples.bytes(Samples.full), completing: defaults)
        #expect(full == (try EventCodec.decode(Samples.bytes(Samples.full))))
    }

    @Test(
        arguments: [
            ("", .malformedJSON, nil), ("[]", .malformedJSON, nil), ("7", .malformedJSON, nil),
            ("{", .malformedJSON, nil),
            (#"{"type":"view"}x"#, .malformedJSON, nil), (#"{"type":"view"}"#, .missingField, "eventId"),
            (#"{"eventId":"e"}"#, .missingField, "type"),
            (#"{"eventId":"e","type":"view"}"#, .missingField, "timestamp"),
            (#"{"eventId":1}"#, .wrongType, "eventId"), (#"{"items":"i"}"#, .wrongType, "items"),
            (#"{"items":[1]}"#, .wrongType, "items"), (#"{"value":"4"}"#, .wrongType, "value"),
            (#"{"context":[]}"#, .wrongType, "context"), (#"{"context":{"os":1}}"#, .wrongType, "context.os"),
            (#"{"consent":{"analytics":1}}"#, .wrongType, "consent.analytics"),
            (#"{"properties":[]}"#, .wrongType, "properties"),
            (#"{"recommendation":{"position":1.5}}"#, .invalidValue, "recommendation.position"),
            (#"{"value":1e999}"#, .invalidValue, "value"),
            (#"{"timestamp":"yesterday"}"#, .invalidTimestamp, "timestamp"),
            (#"{"timestamp":true}"#, .wrongType, "timestamp"), (#"{"timestamp":1e300}"#, .invalidValue, "timestamp"),
            (#"{"timestamp":253402300800000}"#, .invalidTimestamp, "timestamp"),
            (#"{"userId":"a","userId":"b"}"#, .duplicateField, "userId"),
            (#"{"context":{"os":"a","os":"b"}}"#, .duplicateField, "context.os"),
            (#"{"userId":"\ud800"}"#, .malformedJSON, "userId"),
        ] as [(String, EventError.Reason, String?)]
    )
    func `a bad event has a reason and a field`(text: String, reason: EventError.Reason, field: String?) {
        let error = #expect(throws: EventError.self) { try EventCodec.decode(Samples.bytes(text)) }
        #expect(error?.reason == reason)
        #expect(error?.field == field)
    }

    @Test func `bytes that are not UTF-8 have a reason of their own`() {
        let bytes = Samples.bytes(#"{"userId":""#) + [0xff] + Samples.bytes("\"}")
        let error = #expect(throws: EventError.self) { try EventCodec.decode(bytes) }
        #expect(error?.reason == .invalidUTF8)
    }

    @Test func `errors never repeat what the event says`() {
        for text in [#"{"userId":"secret","timestamp":"secret"}"#, #"{"userId":secret}"#, #"{"secret":"#] {
            let error = #expect(throws: EventError.self) { try EventCodec.decode(Samples.bytes(text)) }
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func `the id of a bad event is found where possible`() {
        #expect(EventCodec.eventID(in: Samples.bytes(#"{"type":1,"eventId":"e-9","value":"#)) == "e-9")
        #expect(EventCodec.eventID(in: Samples.bytes(#"{"eventId":""}"#)) == nil)
        #expect(EventCodec.eventID(in: Samples.bytes(#"{"eventId":7}"#)) == nil)
        #expect(EventCodec.eventID(in: Samples.bytes(#"["#)) == nil)
    }

    @Test func `random events read back as they were`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            let event = Event.random(using: &generator)
            let bytes = EventCodec.encode(event)
            #expect(try EventCodec.decode(bytes) == event)
            var reader = JSONReader(bytes)
            #expect(try reader.skipValue() == bytes.indices)
        }
    }

    @Test func `mutated events are read or refused, and what is read can be written`() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            var bytes = Samples.bytes(Samples.full)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { bytes.mutate(using: &generator) }
            guard let event = try? EventCodec.decode(bytes) else { continue }
            #expect(try EventCodec.decode(EventCodec.encode(event)) == event)
        }
    }
}
