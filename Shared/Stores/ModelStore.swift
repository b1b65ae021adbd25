import Events
import Foundation
public import Redis

/// Versioned model artefacts: the artefact first, then a compare-and-set of the version in Redis; two are kept.
///
/// Versions only rise. Two publishers at once leave one version; one that is killed half-way leaves an upload that nobody
/// sees and that goes away by itself.
public struct ModelStore: Sendable {
    private let redis: RedisClient
    private let keys: KeySpace
    private let directory: ModelDirectory?

    /// How long an upload that nobody published is kept.
    private static let uploadSeconds = 600
    /// How long a candidate waits for a trainer.
    private static let candidateSeconds = 86_400
    /// How many versions are remembered, and how many refusals.
    private static let history = 20

    /// KEYS: version, upload, new artefact, superfluous artefact, records; ARGV: expected and new version, record, oldest
    /// record, the length of the upload, empty for an artefact that is not in Redis.
    private static let publishVersion = RedisScript(
        name: "publish-model",
        source: """
            local current = redis.call('GET', KEYS[1]) or '0'
            if current ~= ARGV[1] or (ARGV[5] ~= '' and redis.call('STRLEN', KEYS[2]) ~= tonumber(ARGV[5])) then
              redis.call('DEL', KEYS[2])
              return 0
            end
            redis.call('HSET', KEYS[5], ARGV[2], ARGV[3])
            redis.call('HDEL', KEYS[5], ARGV[4])
            if ARGV[5] ~= '' then
              redis.call('RENAME', KEYS[2], KEYS[3])
              redis.call('PERSIST', KEYS[3])
            end
            redis.call('SET', KEYS[1], ARGV[2])
            redis.call('UNLINK', KEYS[4])
            return 1
            """
    )

    /// Creates a store on `redis`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace(), registry: ModelRegistry = .redis) {
        self.redis = redis
        self.keys = keys
        if case .directory(let path) = registry {
            directory = ModelDirectory(path: path)
        } else {
            directory = nil
        }
    }

    /// The version that is being served; 0 before the first.
    public func currentVersion(of name: String) async throws(StoreError) -> UInt64 {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.modelVersion(name))
        return try await redis.checkedReplies(to: pipeline)[0].string.flatMap(UInt64.init) ?? 0
    }

    /// Publishes `artefact` as the version after `expected`.
    ///
    /// Where `served` is higher it is the version after that: a Redis that was emptied has forgotten what processes serve.
    /// Answers the new version, or `nil` when somebody else has published in between.
    public func publish(
        _ artefact: [UInt8],
        name: String,
        after expected: UInt64,
        served: UInt64 = 0,
        record: ModelRecord
    ) async throws(StoreError) -> UInt64? {
        let (version, isBeyond) = max(expected, served).addingReportingOverflow(1)
        guard !isBeyond else { throw .corrupt("the version of the model \(name) is no version") }
        let nonce = UInt64.random(in: 0 ... .max)
        let uploaded = keys.modelUpload(name, id: nonce)
        var record = record
        record.version = version
        record.bytes = artefact.count
        if let directory {
            record.artefact = "\(name)-\(version)-\(String(nonce, radix: 16)).model"
            try await directory.write(artefact, name: record.artefact)
        } else {
            record.artefact = "redis"
            try await redis.setInPieces(artefact, key: uploaded, seconds: Self.uploadSeconds)
        }
        var publication = RedisPipeline()
        publication.append(
            script: Self.publishVersion,
            keys: [
                keys.modelVersion(name), uploaded, keys.modelArtefact(name, version: version),
                keys.modelArtefact(name, version: version - min(2, version)), keys.modelRecords(name),
            ],
            arguments: [
                Array("\(expected)".utf8), Array("\(version)".utf8), Self.json(record),
                Array("\(version - min(UInt64(Self.history), version))".utf8),
                Array(directory == nil ? "\(artefact.count)".utf8 : "".utf8),
            ]
        )
        guard try await redis.checkedReplies(to: publication)[0] == .integer(1) else {
            if let directory { await directory.remove(record.artefact) }
            return nil
        }
        if let directory {
            let files = try await records(of: name).map(\.artefact)
            for file in files.dropFirst(2) where file != "redis" { await directory.remove(file) }
            await directory.sweep(keeping: Set(files.prefix(2)), prefix: "\(name)-")
        }
        return version
    }

    /// The artefact of `version`; `nil` when it is not kept any more.
    public func artefact(of name: String, version: UInt64) async throws(StoreError) -> [UInt8]? {
        if let record = try await record(of: name, version: version), record.artefact != "redis" {
            guard let directory else {
                throw .corrupt("version \(version) of \(name) is the file \(record.artefact): set models.registry")
            }
            return try await directory.read(record.artefact)
        }
        return try await redis.valueInPieces(key: keys.modelArtefact(name, version: version))
    }

    /// What is known of a version; `nil` when it is not remembered.
    public func record(of name: String, version: UInt64) async throws(StoreError) -> ModelRecord? {
        var pipeline = RedisPipeline()
        pipeline.append("HGET", key: keys.modelRecords(name), "\(version)")
        return try await redis.checkedReplies(to: pipeline)[0].bytes.flatMap { Self.decode($0) }
    }

    /// What is known of the latest versions, the newest first.
    public func records(of name: String) async throws(StoreError) -> [ModelRecord] {
        var pipeline = RedisPipeline()
        pipeline.append("HVALS", key: keys.modelRecords(name))
        let replies = try await redis.checkedReplies(to: pipeline)[0].array ?? []
        return replies.compactMap { $0.bytes.flatMap { Self.decode($0) } }.sorted { $0.version > $1.version }
    }

    private static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // These types have nothing that cannot be encoded.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }

    private static func decode<Value: Decodable>(_ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}

extension ModelStore {
    /// An operator's artefact, waiting for the trainer's verdict.
    public struct Candidate: Sendable {
        /// Its id.
        public let id: String
        /// Its bytes.
        public let artefact: [UInt8]
    }

    /// Leaves an artefact for the trainer to judge, in the place of one that still waits; answers its id.
    public func submit(_ artefact: [UInt8], name: String) async throws(StoreError) -> String {
        let id = String(UInt64.random(in: 0 ... .max), radix: 16)
        var pipeline = RedisPipeline()
        pipeline.append(
            "SET",
            key: keys.modelCandidate(name),
            Array("\(id)\n".utf8) + artefact,
            "EX",
            Self.candidateSeconds
        )
        _ = try await redis.checkedReplies(to: pipeline)
        return id
    }

    /// Whether a candidate waits; cheap.
    public func hasCandidate(of name: String) async throws(StoreError) -> Bool {
        var pipeline = RedisPipeline()
        pipeline.append("EXISTS", key: keys.modelCandidate(name))
        return try await redis.checkedReplies(to: pipeline)[0] == .integer(1)
    }

    /// The candidate that waits.
    public func candidate(of name: String) async throws(StoreError) -> Candidate? {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.modelCandidate(name))
        guard let bytes = try await redis.checkedReplies(to: pipeline)[0].bytes,
            let end = bytes.prefix(20).firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        return Candidate(
            id: String(decoding: bytes[..<end], as: UTF8.self),
            artefact: Array(bytes[(end + 1)...])
        )
    }

    /// Forgets the candidate once it has its verdict.
    public func withdrawCandidate(of name: String) async throws(StoreError) {
        var pipeline = RedisPipeline()
        pipeline.append("DEL", key: keys.modelCandidate(name))
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// Remembers that a model was not published.
    public func refuse(_ refusal: ModelRefusal, name: String) async throws(StoreError) {
        var pipeline = RedisPipeline()
        pipeline.append("LPUSH", key: keys.modelRefusals(name), Self.json(refusal))
        pipeline.append("LTRIM", key: keys.modelRefusals(name), 0, Self.history - 1)
        _ = try await redis.checkedReplies(to: pipeline)
    }

    /// The latest refusals, the newest first.
    public func refusals(of name: String) async throws(StoreError) -> [ModelRefusal] {
        var pipeline = RedisPipeline()
        pipeline.append("LRANGE", key: keys.modelRefusals(name), 0, -1)
        let replies = try await redis.checkedReplies(to: pipeline)[0].array ?? []
        return replies.compactMap { $0.bytes.flatMap { Self.decode($0) } }
    }

    /// The latest version whose lists were written and which was announced; 0 before the first.
    public func announcedVersion(of name: String) async throws(StoreError) -> UInt64 {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.modelAnnounced(name))
        return try await redis.checkedReplies(to: pipeline)[0].string.flatMap(UInt64.init) ?? 0
    }

    /// Notes that the publication of a version is complete.
    public func noteAnnounced(_ version: UInt64, name: String) async throws(StoreError) {
        var pipeline = RedisPipeline()
        pipeline.append("SET", key: keys.modelAnnounced(name), "\(version)")
        _ = try await redis.checkedReplies(to: pipeline)
    }
}
