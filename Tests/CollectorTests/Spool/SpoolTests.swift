import Events
import Foundation
import Kafka
import Logging
import NIOConcurrencyHelpers
import ServiceSupport
import Testing

@testable import Collector

/// The spool on a real file system, without Kafka.
@Suite(.timeLimit(.minutes(1))) struct SpoolTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Opened {
        let spool: Spool
        let found: [Int]
        let metrics: SpoolMetrics
    }

    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "spool-\(UUID().uuidString)/a/b").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private static func open(_ folder: String, maximumBytes: Int = 1 << 20) throws -> Opened {
        var found: [Int] = []
        let metrics = SpoolMetrics(MetricsRegistry())
        let spool = try Spool(
            settings: SpoolSettings(folder: folder, maximumBytes: maximumBytes),
            metrics: metrics,
            logger: quiet
        ) { id, message in
            #expect(id == UInt64(found.count))
            found.append(Self.number(message))
        }
        return Opened(spool: spool, found: found, metrics: metrics)
    }

    private static func message(_ number: Int, size: Int = 200) -> KafkaOutgoingMessage {
        let text = "\(number) "
        return KafkaOutgoingMessage(
            topic: "t",
            key: Array("k".utf8),
            value: Array(text.utf8) + Array(repeating: 0x78, count: size)
        )
    }

    private static func number(_ message: KafkaOutgoingMessage?) -> Int {
        let text = String(decoding: message?.value ?? [], as: UTF8.self)
        return text.split(separator: " ").first.flatMap { Int($0) } ?? -1
    }

    private static func store(_ spool: Spool, _ numbers: Range<Int>, size: Int = 200) async -> Result<Void, SpoolError>
    {
        let result = NIOLockedValueBox<Result<Void, SpoolError>>(.success(()))
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            spool.append(numbers.map { (UInt64($0), message($0, size: size)) }) { stored in
                result.withLockedValue { $0 = stored }
                continuation.resume()
            }
        }
        return result.withLockedValue { $0 }
    }

    private static func files(_ folder: String, _ suffix: String = ".spool") throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: URL(filePath: folder), includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix(suffix) }.sorted { $0.path < $1.path }
    }

    @Test func `what was stored is there after a new start, in order, and goes when it is released`() async throws {
        try await Self.withFolder { folder in
            let first = try Self.open(folder)
            for start in stride(from: 0, to: 1_000, by: 10) {
                try await Self.store(first.spool, start..<start + 10).get()
            }
            #expect(try Self.files(folder).count > 1)
            #expect(await first.spool.read([999, 0, 1_000]).map { Self.number($0?.message) } == [999, 0, -1])
            await first.spool.close()
            let second = try Self.open(folder)
            #expect(second.found == Array(0..<1_000))
            #expect(second.spool.firstID == 1_000)
            second.spool.release(Array(0..<999))
            await second.spool.close()
            // What was released and shares its segment with something that was not comes again.
            let third = try Self.open(folder)
            #expect(third.found.last == 999)
            #expect(third.found.count < 400)
            third.spool.release(third.found.indices.map { UInt64($0) })
            await third.spool.close()
            #expect(try Self.files(folder).isEmpty)
        }
    }

    @Test func `a half-written record at the end is cut off, and nothing before it`() async throws {
        try await Self.withFolder { folder in
            let first = try Self.open(folder)
            try await Self.store(first.spool, 0..<5).get()
            await first.spool.close()
            let file = try #require(try Self.files(folder).last)
            let bytes = try Data(contentsOf: file)
            try bytes.dropLast(7).write(to: file)
            let second = try Self.open(folder)
            #expect(second.found == Array(0..<4))
            #expect(second.metrics.corrupt.value == 0)
            try await Self.store(second.spool, 4..<6).get()
            await second.spool.close()
            let third = try Self.open(folder)
            #expect(third.found == Array(0..<6))
            await third.spool.close()
        }
    }

    @Test func `damage in an older segment is counted, kept aside and stepped over`() async throws {
        try await Self.withFolder { folder in
            let first = try Self.open(folder)
            for start in stride(from: 0, to: 1_000, by: 10) {
                try await Self.store(first.spool, start..<start + 10).get()
            }
            await first.spool.close()
            let file = try #require(try Self.files(folder).first)
            var bytes = try Data(contentsOf: file)
            bytes[SpoolFrame.magic.count + 100] ^= 0x10
            try bytes.write(to: file)
            let second = try Self.open(folder)
            #expect(second.found == Array(1..<1_000))
            #expect(second.metrics.corrupt.value == 1)
            second.spool.release(second.found.indices.map { UInt64($0) })
            await second.spool.close()
            #expect(try Self.files(folder).isEmpty)
            #expect(try Self.files(folder, ".kept").count == 1)
        }
    }

    @Test func `a full spool refuses whole groups until something is released`() async throws {
        try await Self.withFolder { folder in
            let opened = try Self.open(folder)
            var next = 0
            while case .success = await Self.store(opened.spool, next..<next + 20, size: 2_000) { next += 20 }
            #expect(next > 400)
            #expect(opened.metrics.refused.value == 20)
            #expect(opened.spool.status.bytes <= 1 << 20)
            #expect(opened.spool.status.refusal?.error == .full)
            guard case .unready = Self.verdict(opened.spool) else { throw SpoolError.closed }
            opened.spool.release((0..<UInt64(next / 2)).map { $0 })
            try await Self.store(opened.spool, next + 20..<next + 40, size: 2_000).get()
            guard case .ready = Self.verdict(opened.spool) else { throw SpoolError.closed }
            await opened.spool.close()
            #expect(try Self.open(folder).found.suffix(21) == [next - 1] + Array(next + 20..<next + 40))
        }
    }

    private static func verdict(_ spool: Spool) -> HealthReport.Verdict {
        spool.status.verdict(maximumAge: .seconds(1), maximumBytes: spool.maximumBytes, isSpooling: true)
    }

    @Test func `two collectors cannot share a folder`() async throws {
        try await Self.withFolder { folder in
            let first = try Self.open(folder)
            #expect(throws: SpoolError.inUse(folder)) { try Self.open(folder) }
            await first.spool.close()
        }
    }

    @Test func `requests that arrive together share a sync`() async throws {
        try await Self.withFolder { folder in
            let opened = try Self.open(folder, maximumBytes: 1 << 24)
            for id in 0..<2_000 { opened.spool.append([(UInt64(id), Self.message(id))]) { _ in } }
            await opened.spool.close()
            #expect(opened.metrics.stored.value == 2_000)
            #expect(opened.metrics.syncs.count < 2_000)
        }
    }
}
