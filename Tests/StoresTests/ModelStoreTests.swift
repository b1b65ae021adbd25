import Events
import Foundation
import Redis
import Stores
import TestSupport
import Testing

/// One behaviour, wherever artefacts are.
@Suite struct ModelStoreTests {
    private static let name = "blend"

    private static func record(_ origin: ModelRecord.Origin = .training) -> ModelRecord {
        ModelRecord(origin: origin, publishedAt: Timestamp(milliseconds: 1_700_000_000_000), summary: "{\"items\":2}")
    }

    @Test(arguments: [true, false]) func `two publishers after the same version leave one, and two versions are kept`(
        inDirectory: Bool
    ) async throws {
        try await withStore(inDirectory: inDirectory) { store, directory in
            let none = try await store.currentVersion(of: Self.name)
            #expect(none == 0)
            let outcomes = try await withThrowingTaskGroup(of: UInt64?.self) { group in
                for byte in 0..<8 as Range<UInt8> {
                    group.addTask {
                        try await store.publish([byte], name: Self.name, after: 0, record: Self.record())
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.compactMap { $0 } == [1])
            let first = try await store.artefact(of: Self.name, version: 1)
            #expect(first?.count == 1)
            for version in 1..<4 as Range<UInt64> {
                let next = try await store.publish(
                    [UInt8(version)],
                    name: Self.name,
                    after: version,
                    record: Self.record(.candidate)
                )
                #expect(next == version + 1)
            }
            let current = try await store.currentVersion(of: Self.name)
            #expect(current == 4)
            var kept: [[UInt8]?] = []
            for version in 2...4 as ClosedRange<UInt64> {
                kept.append(try await store.artefact(of: Self.name, version: version))
            }
            #expect(kept == [nil, [2], [3]])
            let records = try await store.records(of: Self.name)
            #expect(records.map(\.version) == [4, 3, 2, 1])
            #expect(records.map(\.origin) == [.candidate, .candidate, .candidate, .training])
            #expect(records[0].summary == "{\"items\":2}" && records[0].bytes == 1)
            if let directory {
                let files = try FileManager.default.contentsOfDirectory(atPath: directory)
                #expect(!files.contains { $0.hasSuffix(".part") })
                #expect(files.count == 2)
            }
        }
    }

    @Test func `files that no kept version names go away after an hour`() async throws {
        try await withStore(inDirectory: true) { store, directory in
            let directory = try #require(directory)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let names = ["blend-9-dead.model", "blend-9-dead.model.part", "blend-8-new.model", "mine.txt"]
            for name in names {
                _ = FileManager.default.createFile(atPath: "\(directory)/\(name)", contents: Data([1]))
            }
            for name in [names[0], names[1], names[3]] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7_200)],
                    ofItemAtPath: "\(directory)/\(name)"
                )
            }
            _ = try await store.publish([1], name: Self.name, after: 0, record: Self.record())
            let left = Set(try FileManager.default.contentsOfDirectory(atPath: directory))
            #expect(left.isSuperset(of: ["blend-8-new.model", "mine.txt"]))
            #expect(left.isDisjoint(with: names.prefix(2)))
        }
    }

    @Test func `a store that knows only Redis says where the artefact is`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            try await Self.withDirectory { directory in
                let store = ModelStore(redis: redis, keys: keys, registry: .directory(directory))
                _ = try await store.publish([1], name: Self.name, after: 0, record: Self.record())
                let other = ModelStore(redis: redis, keys: keys)
                await #expect(throws: StoreError.self) { try await other.artefact(of: Self.name, version: 1) }
            }
        }
    }

    @Test func `an upload that nobody published is not seen, and goes away`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = ModelStore(redis: redis, keys: keys)
            _ = try await store.publish([1], name: Self.name, after: 0, record: Self.record())
            // What a trainer leaves that is killed between upload and pointer.
            var upload = RedisPipeline()
            upload.append("SET", key: "\(keys.prefix)model:{blend}:upload:7", [9] as [UInt8], "EX", 600)
            upload.append("TTL", key: "\(keys.prefix)model:{blend}:upload:7")
            let replies = try await redis.execute(upload)
            #expect(replies[1] != .integer(-1))
            let version = try await store.publish([2], name: Self.name, after: 1, record: Self.record())
            #expect(version == 2)
            let artefact = try await store.artefact(of: Self.name, version: 2)
            #expect(artefact == [2])
        }
    }

    @Test func `an artefact of several pieces comes back whole`() async throws {
        try await withRedisClient { redis in
            let store = ModelStore(redis: redis, keys: KeySpace(prefix: uniquePrefix()))
            for (version, count) in [1 << 18, 1_000_003].enumerated() {
                let artefact = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
                let published = try await store.publish(
                    artefact,
                    name: Self.name,
                    after: UInt64(version),
                    record: Self.record()
                )
                #expect(published == UInt64(version) + 1)
                let read = try await store.artefact(of: Self.name, version: UInt64(version) + 1)
                #expect(read == artefact)
            }
        }
    }

    @Test func `a candidate waits until it is withdrawn, and refusals are remembered`() async throws {
        try await withStore(inDirectory: false) { store, _ in
            let nobody = try await store.hasCandidate(of: Self.name)
            #expect(!nobody)
            let id = try await store.submit([10, 0, 10], name: Self.name)
            let candidate = try #require(try await store.candidate(of: Self.name))
            #expect(candidate.id == id && candidate.artefact == [10, 0, 10])
            try await store.withdrawCandidate(of: Self.name)
            let gone = try await store.candidate(of: Self.name)
            #expect(gone == nil)
            for number in 0..<25 {
                let refusal = ModelRefusal(
                    at: Timestamp(milliseconds: Int64(number)),
                    origin: .training,
                    reason: "\(number)"
                )
                try await store.refuse(refusal, name: Self.name)
            }
            let refusals = try await store.refusals(of: Self.name)
            #expect(refusals.count == 20 && refusals.first?.reason == "24")
        }
    }

    @Test func `a version that cannot be counted on is an error, not an overflow`() async throws {
        try await withStore(inDirectory: false) { store, _ in
            await #expect(throws: StoreError.self) {
                try await store.publish([1], name: Self.name, after: .max, record: Self.record())
            }
        }
    }

    private func withStore(
        inDirectory: Bool,
        _ body: @Sendable (ModelStore, String?) async throws -> Void
    ) async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            guard inDirectory else { return try await body(ModelStore(redis: redis, keys: keys), nil) }
            try await Self.withDirectory { directory in
                try await body(ModelStore(redis: redis, keys: keys, registry: .directory(directory)), directory)
            }
        }
    }

    private static func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "freshet-models-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory.path())
    }
}
