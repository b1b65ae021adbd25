import Events
public import Redis

/// Versioned model artefacts in Redis: the artefact first, then a compare-and-set of the version; two are kept.
public struct ModelStore: Sendable {
    private let redis: RedisClient
    private let keys: KeySpace

    /// How long an upload that nobody published is kept.
    private static let uploadSeconds = 600

    /// KEYS are version, upload, new artefact and the artefact that becomes superfluous; ARGV expected and new version.
    private static let publishVersion = RedisScript(
        name: "publish-model",
        source: """
            local current = redis.call('GET', KEYS[1]) or '0'
            if current ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then
              redis.call('DEL', KEYS[2])
              return 0
            end
            redis.call('RENAME', KEYS[2], KEYS[3])
            redis.call('PERSIST', KEYS[3])
            redis.call('SET', KEYS[1], ARGV[2])
            redis.call('DEL', KEYS[4])
            return 1
            """
    )

    /// Creates a store on `redis`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace()) {
        self.redis = redis
        self.keys = keys
    }

    /// The version that is being served; 0 before the first.
    public func currentVersion(of name: String) async throws(StoreError) -> UInt64 {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.modelVersion(name))
        return try await redis.checkedReplies(to: pipeline)[0].string.flatMap(UInt64.init) ?? 0
    }

    /// Publishes `artefact` as the version after `expected`.
    ///
    /// Answers the new version, or `nil` when somebody else has published in between.
    public func publish(
        _ artefact: [UInt8],
        name: String,
        after expected: UInt64
    ) async throws(StoreError) -> UInt64? {
        let (version, isBeyond) = expected.addingReportingOverflow(1)
        guard !isBeyond else { throw .corrupt("the version of the model \(name) is no version") }
        let uploaded = keys.modelUpload(name, id: UInt64.random(in: 0 ... .max))
        var upload = RedisPipeline()
        upload.append("SET", key: uploaded, artefact, "EX", Self.uploadSeconds)
        _ = try await redis.checkedReplies(to: upload)
        var publication = RedisPipeline()
        publication.append(
            script: Self.publishVersion,
            keys: [
                keys.modelVersion(name), uploaded, keys.modelArtefact(name, version: version),
                keys.modelArtefact(name, version: version - min(2, version)),
            ],
            arguments: [Array("\(expected)".utf8), Array("\(version)".utf8)]
        )
        return try await redis.checkedReplies(to: publication)[0] == .integer(1) ? version : nil
    }

    /// The artefact of `version`; `nil` when it is not kept any more.
    public func artefact(of name: String, version: UInt64) async throws(StoreError) -> [UInt8]? {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.modelArtefact(name, version: version))
        return try await redis.checkedReplies(to: pipeline)[0].bytes
    }
}
