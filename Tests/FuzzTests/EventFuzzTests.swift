import Catalog
import Events
import JSON
import Testing

@Suite("Fuzzed JSON, events and headers")
struct EventFuzzTests {
    private let source = SourceCoordinates(generation: 2, topic: .views, partition: 4, offset: 99)

    @Test func `JSON that is skipped is JSON that is written`() throws {
        try DecoderFuzz(name: "JSONReader", samples: FuzzSamples.events, tokens: Tokens.json).run { bytes in
            var reader = JSONReader(bytes)
            do throws(JSONError) {
                let range = try reader.skipValue()
                try reader.finish()
                var writer = JSONWriter()
                writer.write(raw: bytes[range])
                return writer.bytes
            } catch {
                _ = error.description
                return nil
            }
        }
    }

    @Test func `strings and numbers read back as they were written`() throws {
        let samples = [#"["a",1,-2.5,1e3,"\u0041\ud83d\ude00",9007199254740993]"#, #"[0.1,"é字😀",-0,1E-7]"#].map {
            Array($0.utf8)
        }
        try DecoderFuzz(name: "JSONReader values", samples: samples, tokens: Tokens.json).run { bytes in
            var reader = JSONReader(bytes)
            var writer = JSONWriter()
            do throws(JSONError) {
                try reader.beginArray()
                writer.beginArray()
                while try reader.nextElement() {
                    switch try reader.peek() {
                    case .string: writer.write(try reader.readString())
                    case .number: writer.write(try reader.readDouble())
                    case .bool: writer.write(try reader.readBool())
                    case .null, .array, .object: writer.write(raw: try reader.readRaw())
                    }
                }
                writer.endArray()
                try reader.finish()
                return writer.bytes
            } catch {
                return nil
            }
        }
    }

    @Test func `events`() throws {
        let validator = EventValidator()
        let now = Timestamp(milliseconds: 1_795_206_459_000)
        try DecoderFuzz(name: "EventCodec", samples: FuzzSamples.events, tokens: Tokens.json).run { bytes in
            _ = EventCodec.eventID(in: bytes)
            do throws(EventError) {
                let defaults = EventCodec.Defaults(eventID: "e", timestamp: now)
                let event = try EventCodec.decode(bytes, completing: defaults)
                _ = try? validator.validate(event, now: now)
                return EventCodec.encode(event)
            } catch {
                _ = error.description
                return nil
            }
        }
    }

    @Test func `records of events`() throws {
        let validator = EventValidator()
        let now = Timestamp(milliseconds: 1_795_206_459_000)
        try DecoderFuzz(name: "EventValidator", samples: FuzzSamples.validEvents, tokens: Tokens.json).run { bytes in
            do throws(EventError) {
                let event = try EventCodec.decode(bytes)
                let topic = validator.routing.topic(for: event.type) ?? .users
                let key = event.userKey.map { Array($0.rawValue.utf8) }
                return EventCodec.encode(try validator.accept(bytes, key: key, topic: topic, now: now).event)
            } catch {
                return nil
            }
        }
    }

    @Test func `activities`() throws {
        try DecoderFuzz(name: "ActivityCodec", samples: FuzzSamples.activities, tokens: Tokens.json).run { bytes in
            _ = try? ActivityCodec.decodeFacts(bytes, source: source)
            do throws(EventError) {
                return ActivityCodec.encode(try ActivityCodec.decode(bytes, source: source))
            } catch {
                return nil
            }
        }
    }

    @Test func `catalog entries`() throws {
        try DecoderFuzz(name: "CatalogCodec", samples: FuzzSamples.items, tokens: Tokens.json).run { bytes in
            do throws(CatalogError) {
                return CatalogCodec.encode(try CatalogCodec.decode(bytes))
            } catch {
                _ = error.description
                return nil
            }
        }
    }

    @Test func `times, coordinates and headers`() throws {
        let times = ["2026-11-20T20:27:38.081Z", "0000-01-01T00:00:00Z", "9999-12-31t23:59:60.5+00:01"].map {
            Array($0.utf8)
        }
        try DecoderFuzz(name: "Timestamp", samples: times, tokens: Tokens.json).run { bytes in
            Timestamp(String(decoding: bytes, as: UTF8.self)).map { Array($0.description.utf8) }
        }
        let sources = [
            Array(source.description.utf8), Array("4294967295:feedback:2147483647:9223372036854775807".utf8),
        ]
        try DecoderFuzz(name: "SourceCoordinates", samples: sources, tokens: Tokens.json).run { bytes in
            SourceCoordinates(String(decoding: bytes, as: UTF8.self)).map { Array($0.description.utf8) }
        }
        let headers = EventHeaders(receivedAt: .latest, source: source, reason: .tooLarge, stage: .collector).pairs
        for pair in headers {
            try DecoderFuzz(name: "EventHeaders \(pair.name)", samples: [Array(pair.text.utf8)], tokens: Tokens.json)
                .run {
                    EventHeaders([(pair.name, String(decoding: $0, as: UTF8.self))]).pairs.first.map {
                        Array($0.text.utf8)
                    }
                }
        }
        try DecoderFuzz(name: "EventRouting", samples: [Array("bookmark=feedback".utf8)], tokens: Tokens.json).run {
            bytes in
            do throws(EventRouting.Failure) {
                _ = try EventRouting(adding: [String(decoding: bytes, as: UTF8.self)])
                return bytes
            } catch {
                return nil
            }
        }
    }

    @Test func `fences`() throws {
        var fence = Fence()
        for topic in SignalTopic.allCases {
            fence.advance(to: SourceCoordinates(generation: 3, topic: topic, partition: 11, offset: 1 << 40))
        }
        try DecoderFuzz(name: "Fence", samples: [fence.encoded(), Fence().encoded()]).run { bytes in
            do throws(BinaryReader.Failure) {
                var fence = try Fence(decoding: bytes)
                _ = fence.covers(source)
                let encoded = fence.encoded()
                fence.advance(to: source)
                return encoded
            } catch {
                return nil
            }
        }
    }
}
