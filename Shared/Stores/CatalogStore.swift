public import Catalog
import Events
import NIOConcurrencyHelpers
public import Redis

/// The catalog in Redis: one key per item, which refuses entries older than the one it holds.
///
/// Reads go through a bounded cache whose entries live for a moment, so that hot items cost no round trip.
public final class CatalogStore: Sendable {
    /// An entry as it stands in `catalog.items`.
    public struct Entry: Sendable {
        /// The item's id.
        public var id: String
        /// The item; `nil` is a deletion.
        public var item: CatalogItem?
        /// The topic's generation.
        public var generation: UInt32
        /// The record's offset.
        public var offset: Int64

        /// Creates an entry.
        public init(id: String, item: CatalogItem?, generation: UInt32, offset: Int64) {
            self.id = id
            self.item = item
            self.generation = generation
            self.offset = offset
        }
    }

    private struct Cached {
        var item: CatalogItem?
        var until: ContinuousClock.Instant
    }

    private let redis: RedisClient
    private let keys: KeySpace
    private let timeToLive: Duration
    private let capacity: Int
    private let cache = NIOLockedValueBox<[String: Cached]>([:])

    /// How long a deletion is remembered, so that an older entry cannot bring the item back.
    private static let tombstoneSeconds = 7 * 86_400

    /// The stored value is generation and offset in 8 bytes each, the highest first, then the item's JSON (empty: deleted).
    private static let writeIfNewer = RedisScript(
        name: "item-if-newer",
        source: """
            local head = redis.call('GETRANGE', KEYS[1], 0, 15)
            if #head == 16 then
              local a, b, c, d = struct.unpack('>I4I4I4I4', head)
              local e, f, g, h = struct.unpack('>I4I4I4I4', string.sub(ARGV[1], 1, 16))
              if a ~= e then if a > e then return 0 end
              elseif b ~= f then if b > f then return 0 end
              elseif c ~= g then if c > g then return 0 end
              elseif d > h then return 0 end
            end
            if ARGV[2] == '0' then
              redis.call('SET', KEYS[1], ARGV[1])
            else
              redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
            end
            return 1
            """
    )

    /// Creates a store on `redis` whose reads may be `timeToLive` old.
    public init(
        redis: RedisClient,
        keys: KeySpace = KeySpace(),
        timeToLive: Duration = .seconds(5),
        capacity: Int = 100_000
    ) {
        self.redis = redis
        self.keys = keys
        self.timeToLive = timeToLive
        self.capacity = capacity
    }

    /// Writes entries in one round trip; `false` where a newer one stood there already.
    public func write(_ entries: [Entry]) async throws(StoreError) -> [Bool] {
        guard !entries.isEmpty else { return [] }
        var pipeline = RedisPipeline()
        for entry in entries {
            var writer = BinaryWriter()
            writer.write(fixed: UInt64(entry.generation).byteSwapped)
            writer.write(fixed: UInt64(bitPattern: entry.offset).byteSwapped)
            if let item = entry.item { writer.write(raw: CatalogCodec.encode(item)) }
            let seconds = entry.item == nil ? Self.tombstoneSeconds : 0
            pipeline.append(
                script: Self.writeIfNewer,
                keys: [keys.item(entry.id)],
                arguments: [writer.bytes, Array("\(seconds)".utf8)]
            )
        }
        return try await redis.checkedReplies(to: pipeline).map { $0 == .integer(1) }
    }

    /// The items with these ids, in that order; `nil` for those that are not in the catalog.
    public func items(_ ids: [String]) async throws(StoreError) -> [CatalogItem?] {
        let now = ContinuousClock.now
        var known: [String: CatalogItem?] = cache.withLockedValue { cache in
            var known: [String: CatalogItem?] = [:]
            for id in ids { if let entry = cache[id], entry.until > now { known[id] = .some(entry.item) } }
            return known
        }
        let missing = Array(Set(ids.filter { known[$0] == nil }))
        if !missing.isEmpty {
            let loaded = try await load(keys: missing.map(keys.item))
            for (id, item) in zip(missing, loaded) { known[id] = .some(item) }
            remember(missing, loaded, now: now)
        }
        return ids.map { known[$0] ?? nil }
    }

    /// Up to `limit` items, in no order: what a training reads; the cache has no part in it.
    public func all(limit: Int) async throws(StoreError) -> [CatalogItem] {
        var found: [String: CatalogItem] = [:]
        var pages = redis.scan(match: keys.allItems).makeAsyncIterator()
        while found.count < limit, let page = try await Self.next(&pages) {
            for case let item? in try await load(keys: page) { found[item.id] = item }
        }
        return Array(found.values.prefix(limit))
    }

    private static func next(_ pages: inout RedisScan.Iterator) async throws(StoreError) -> [String]? {
        do throws(RedisError) {
            return try await pages.next()
        } catch {
            throw StoreError(error)
        }
    }

    /// An entry that cannot be read, or a key of another type, counts as absent: the catalog never stops the stream.
    private func load(keys names: [String]) async throws(StoreError) -> [CatalogItem?] {
        var pipeline = RedisPipeline()
        for name in names { pipeline.append("GET", key: name) }
        return try await redis.replies(to: pipeline).map { reply throws(StoreError) in
            if let error = reply.error.map(StoreError.init), error.isRetriable { throw error }
            guard let bytes = reply.bytes, bytes.count > 16 else { return nil }
            return try? CatalogCodec.decode(Array(bytes.dropFirst(16)))
        }
    }

    private func remember(_ ids: [String], _ items: [CatalogItem?], now: ContinuousClock.Instant) {
        cache.withLockedValue { cache in
            if cache.count + ids.count > capacity {
                cache = cache.filter { $0.value.until > now }
                // Everything is hot: start over rather than grow.
                if cache.count + ids.count > capacity { cache.removeAll(keepingCapacity: true) }
            }
            for (id, item) in zip(ids, items) {
                // An item that is not there yet may come any moment.
                let lifetime = item == nil ? timeToLive / 5 : timeToLive
                cache[id] = Cached(item: item, until: now + lifetime)
            }
        }
    }
}
