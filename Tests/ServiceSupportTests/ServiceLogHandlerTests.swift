import Foundation
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import ServiceSupport

@Suite struct ServiceLogHandlerTests {
    private let lines = NIOLockedValueBox<[String]>([])

    private func logger(_ format: LogFormat, level: Logger.Level = .info) -> Logger {
        let lines = lines
        return Logger(label: "collector") { _ in
            ServiceLogHandler(
                service: "collector",
                format: format,
                level: level,
                now: { Date(timeIntervalSince1970: 1_763_670_458.081) },
                write: { line in lines.withLockedValue { $0.append(line) } }
            )
        }
    }

    @Test func `a JSON line has time, level, service, message and flat metadata`() throws {
        var logger = logger(.json)
        logger[metadataKey: "kafka.topic"] = "t"
        logger.warning(
            "batch \"slow\"\n",
            metadata: ["batch": ["size": "3", "ids": .array(["a", "b"])], "level": "x"]
        )
        let line = try #require(lines.withLockedValue { $0 }.first)
        #expect(
            line == #"{"ts":"2025-11-20T20:27:38.081Z","level":"warning","service":"collector","#
                + #""message":"batch \"slow\"\n","batch.ids":["a","b"],"batch.size":"3","#
                + #""kafka.topic":"t","metadata.level":"x"}"# + "\n"
        )
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test func `a text line is for reading`() {
        logger(.text).info("admin port open", metadata: ["admin.port": "9180", "why": "two words"])
        #expect(
            lines.withLockedValue { $0 } == [
                "2025-11-20T20:27:38.081Z INFO collector: admin port open admin.port=9180 why=\"two words\"\n"
            ]
        )
    }

    @Test func `what is below the level is not written`() {
        logger(.json, level: .warning).info("quiet")
        #expect(lines.withLockedValue { $0.isEmpty })
    }

    @Test func `a repeated failure is logged once per interval`() {
        let gate = RepeatedErrorLog(logger(.text), interval: .seconds(3600))
        for _ in 0..<5 { gate.log("redis away") }
        #expect(lines.withLockedValue { $0.count } == 1)
        let open = RepeatedErrorLog(logger(.text), interval: .zero)
        for _ in 0..<3 { open.log("redis away") }
        #expect(lines.withLockedValue { $0.count } == 4)
    }
}
