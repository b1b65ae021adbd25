import Events
import JSON
import ServiceSupport
import TestSupport
import Testing

@testable import Collector
@testable import Server

@Suite("Fuzzed bodies")
struct BodyFuzzTests {
    @Test(arguments: [false, true]) func `bodies of events`(isLines: Bool) throws {
        let events = FuzzSamples.events
        let array = [[0x5b], Array(events.joined(separator: [0x2c])), [0x5d]].joined()
        let samples = isLines ? [Array(events.joined(separator: [0x0a]))] : [Array(array), events[0]]
        let validator = EventValidator()
        try DecoderFuzz(name: "BodySplitter \(isLines ? "lines" : "json")", samples: samples, tokens: Tokens.json).run {
            body in
            do throws(BodySplitter.Failure) {
                let ranges = try BodySplitter.split(body, as: isLines ? .lines : .json, limit: 50)
                let batch = IntakeBatch(body, at: ranges, validator: validator, now: Timestamp(milliseconds: 0))
                #expect(batch.accepted.count + batch.rejected.count == ranges.count)
                var answer = JSONReader(batch.answer)
                #expect((try? answer.skipValue()) != nil)
                return body
            } catch {
                return nil
            }
        }
    }

    @Test func `gzip comes out bounded`() throws {
        let bomb = GzipSample.compress([UInt8](repeating: 0x20, count: 300_000))
        let samples = [GzipSample.compress(FuzzSamples.events[0]), bomb, bomb + bomb]
        try DecoderFuzz(name: "Gzip", samples: Array(samples.prefix(2))).run { bytes in
            do throws(Gzip.Failure) {
                let output = try Gzip.inflate(bytes, limit: 400_000)
                #expect(output.count <= 400_000)
                return bytes
            } catch {
                return nil
            }
        }
        #expect(throws: Gzip.Failure.tooLarge) { try Gzip.inflate(samples[2], limit: 400_000) }
    }

    @Test func `types and encodings of bodies`() throws {
        let types = ["application/json; charset=utf-8", "text/plain", "application/x-ndjson;charset=\"utf-8\""]
        try DecoderFuzz(name: "BodyFormat", samples: types.map { Array($0.utf8) }, tokens: Tokens.json).run { bytes in
            do throws(Problem) {
                _ = try BodyFormat(contentType: String(decoding: bytes, as: UTF8.self), contentEncoding: nil)
                return bytes
            } catch {
                return nil
            }
        }
    }

    @Test(arguments: [false, true]) func `bodies of catalog entries`(isLines: Bool) throws {
        let items = FuzzSamples.items
        let array = [[0x5b], Array(items.joined(separator: [0x2c])), [0x5d]].joined()
        let samples = isLines ? [Array(items.joined(separator: [0x0a]))] : [Array(array), items[0]]
        try DecoderFuzz(name: "CatalogBatch \(isLines ? "lines" : "json")", samples: samples, tokens: Tokens.json).run {
            body in
            do throws(JSONError) {
                _ = try CatalogBatch(body, isLines: isLines)
                return body
            } catch {
                return nil
            }
        }
    }
}
