import Events
import Foundation
import FoundationNetworking
import Kafka
import Logging
import ServiceLifecycle
import ServiceSupport
import TestSupport
import Testing

@testable import Collector

/// The collector as a whole, over real HTTP and against a broker.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CollectorTests {
    private static let view = #"{"type":"view","userId":"u1","itemId":"i","eventId":"e-1"}"#

    @Test func `events over HTTP are in Kafka when the answer comes`() async throws {
        try await withCollector { collector in
            let body = "[\(Self.view),{\"type\":\"nothing\",\"userId\":\"u2\",\"eventId\":\"e-2\"}]"
            let answer = try await collector.post(body)
            #expect(answer.status == 202)
            #expect(
                answer.text.hasPrefix(#"{"accepted":1,"rejected":[{"index":1,"eventId":"e-2","reason":"unknown-type""#)
            )
            let views = try await collector.records("events.views")
            #expect(views.map(\.key) == [Array("u1".utf8)])
            let value = try #require(views.first?.value)
            #expect(try EventCodec.decode(value).itemID == "i")
            #expect(views.first?.partition == Murmur2.partition(forKey: Array("u1".utf8), count: 2))
            let rejected = try await collector.records("events.rejected")
            #expect(
                rejected.map(\.value) == [Array("{\"type\":\"nothing\",\"userId\":\"u2\",\"eventId\":\"e-2\"}".utf8)]
            )
            #expect(rejected.first?.header("reason") == Array("unknown-type".utf8))
        }
    }

    @Test func `all shapes of a body are understood`() async throws {
        try await withCollector { collector in
            let lines = "\(Self.view)\n\(Self.view)\n{\n"
            let gzipped = GzipSample.compress(Array(Self.view.utf8))
            let answers = [
                try await collector.post(Self.view),
                try await collector.post(Self.view, type: "text/plain;charset=UTF-8"),
                try await collector.post(lines, type: "application/x-ndjson"),
                try await collector.post(bytes: gzipped, headers: ["content-encoding": "gzip"]),
                try await collector.post("[]"),
                try await collector.post(#"{"type":"view"}"#),
            ]
            #expect(answers.map(\.status) == Array(repeating: 202, count: 6))
            #expect(
                answers.map { $0.text.prefix { $0 != "," } } == [
                    #"{"accepted":1"#, #"{"accepted":1"#, #"{"accepted":2"#, #"{"accepted":1"#, #"{"accepted":0"#,
                    #"{"accepted":0"#,
                ]
            )
        }
    }

    @Test func `what cannot be understood is a problem document`() async throws {
        try await withCollector { collector in
            let bomb = GzipSample.compress([UInt8](repeating: 0x20, count: 1_000_000))
            let many = "[" + Array(repeating: "1", count: 2_501).joined(separator: ",") + "]"
            let answers = [
                try await collector.post("<html>"), try await collector.post(""),
                try await collector.post("x\ny", type: "application/x-ndjson"),
                try await collector.post(Self.view, headers: ["content-encoding": "gzip"]),
                try await collector.post(many), try await collector.post(String(repeating: " ", count: 512_001)),
                try await collector.post(bytes: bomb, headers: ["content-encoding": "gzip"]),
                try await collector.post(Self.view, type: "application/xml"),
                try await collector.post(Self.view, headers: ["content-encoding": "br"]),
                try await collector.send("GET", "/v1/events"), try await collector.send("GET", "/nowhere"),
            ]
            #expect(answers.map(\.status) == [400, 400, 400, 400, 413, 413, 413, 415, 415, 405, 404])
            for answer in answers {
                #expect(answer.header("content-type") == "application/problem+json")
                #expect(answer.text.contains("\"status\":\(answer.status)"))
            }
            #expect(answers.map { $0.header("allow") }.compactMap { $0 } == ["POST"])
        }
    }

    @Test func `browsers of allowed origins may call`() async throws {
        try await withCollector { collector in
            let preflight = ["origin": "https://shop.example", "access-control-request-method": "POST"]
            let answer = try await collector.send("OPTIONS", "/v1/events", headers: preflight)
            #expect(answer.status == 204)
            #expect(answer.header("access-control-allow-origin") == "*")
            #expect(answer.header("access-control-allow-methods")?.contains("POST") == true)
            let post = try await collector.post(Self.view, headers: ["origin": "https://shop.example"])
            #expect(post.header("access-control-allow-origin") == "*")
            let problem = try await collector.post("<", headers: ["origin": "https://shop.example"])
            #expect(problem.status == 400)
            #expect(problem.header("access-control-allow-origin") == "*")
        }
    }

    @Test func `a user who sends too much is told so, event by event, and with 429 when nothing else is left`()
        async throws
    {
        let flags = ["limits.user.rate": "0.01", "limits.user.burst": "2"]
        try await withCollector(flags: flags) { collector in
            let hot = #"{"type":"page","userId":"hot"}"#
            let mixed = try await collector.post("[\(hot),\(hot),\(hot),\(Self.view)]")
            #expect(mixed.status == 202)
            #expect(mixed.text.hasPrefix(#"{"accepted":3,"rejected":[{"index":2,"eventId":"#))
            #expect(mixed.text.contains(#""reason":"rate-limited""#))
            let limited = try await collector.post(hot)
            #expect(limited.status == 429)
            #expect(limited.header("retry-after").flatMap { Int($0) } ?? 0 > 1)
            #expect(try await collector.post(Self.view).status == 202)
            #expect(try await collector.records("events.views").count == 4)
            #expect(try await collector.records("events.rejected").isEmpty)
        }
    }

    @Test func `the descriptions are served`() async throws {
        try await withCollector { collector in
            let openAPI = try await collector.send("GET", "/openapi.json")
            #expect(openAPI.text.contains("\"openapi\": \"3.1.0\""))
            let schema = try await collector.send("GET", "/event.schema.json")
            #expect(Array(schema.text.utf8) == EventSchema.json)
        }
    }

    @Test(.enabled(if: !usesRealBroker)) func `without an acknowledgement the answer is 503, and later 202`()
        async throws
    {
        try await withCollector(flags: ["collector.deadline": "300ms"]) { collector in
            try collector.broker.embedded?.setBrokerDown()
            let answer = try await collector.post(Self.view)
            #expect(answer.status == 503)
            #expect(answer.header("retry-after") == "2")
            try await untilTrue(within: .seconds(20)) { !collector.context.health.isReady }
            try collector.broker.embedded?.setBrokerUp()
            try await untilTrue(within: .seconds(20)) { try await collector.post(Self.view).status == 202 }
            try await untilTrue(within: .seconds(20)) { collector.context.health.isReady }
        }
    }

    @Test(.enabled(if: !usesRealBroker)) func `more than can be held is answered with 429`() async throws {
        let flags = ["collector.inflight.bytes": "1048576", "collector.deadline": "100ms"]
        try await withCollector(flags: flags) { collector in
            try collector.broker.embedded?.setBrokerDown()
            let event = #"{"type":"page","userId":"u","properties":{"x":"\#(String(repeating: "x", count: 30_000))"}}"#
            let body = "[" + Array(repeating: event, count: 16).joined(separator: ",") + "]"
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await collector.post(body).status) }
            #expect(statuses == [503, 503, 429, 429])
            try collector.broker.embedded?.setBrokerUp()
            try await untilTrue(within: .seconds(20)) { try await collector.post(Self.view).status == 202 }
            // Nothing of what was answered with 503 was lost on the way.
            try await untilTrue(within: .seconds(20)) { try await collector.records("events.views").count >= 33 }
        }
    }

    @Test(.enabled(if: !usesRealBroker)) func `a stop answers what is under way`() async throws {
        try await withCollector { collector in
            try collector.broker.embedded?.setRoundTripTime(.milliseconds(300))
            async let answer = collector.post(Self.view)
            try await untilTrue(within: .seconds(20)) { collector.inflightBytes > 0 }
            collector.stop()
            #expect(try await answer.status == 202)
            try collector.broker.embedded?.setRoundTripTime(.zero)
            #expect(try await collector.records("events.views").count == 1)
        }
    }
}
