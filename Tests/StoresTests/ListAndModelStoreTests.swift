import Catalog
import Events
import Redis
import Stores
import TestSupport
import Testing

@Suite("Stores of lists, models, catalog, counts and generations", .timeLimit(.minutes(1)))
struct ListAndModelStoreTests {
    @Test func `an older pair of revision and model never overwrites a newer list`() async throws {
        try await withRedisClient { redis in
            let store = RecommendationStore(redis: redis, keys: KeySpace(prefix: uniquePrefix()))
            let user = UserKey(userID: "u")
            let outcome1 = try await store.list(for: user)
            #expect(outcome1 == nil)
            for (revision, model, written) in [
                (5, 1, true), (4, 9, false), (5, 1, true), (5, 0, false), (5, 2, true), (6, 1, true),
            ] {
                let list = list(revision: UInt64(revision), model: UInt64(model))
                let outcome2 = try await store.write([(user, list)])
                #expect(outcome2 == [written], "\(revision) \(model)")
            }
            let outcome3 = try await store.list(for: user)
            #expect(outcome3 == list(revision: 6, model: 1))
        }
    }

    @Test func `the catalog refuses older entries and remembers deletions`() async throws {
        try await withRedisClient { redis in
            let store = CatalogStore(redis: redis, keys: KeySpace(prefix: uniquePrefix()), timeToLive: .zero)
            let item = CatalogItem(id: "i", title: "Alien")
            func write(_ item: CatalogItem?, _ generation: UInt32, _ offset: Int64) async throws -> Bool {
                try await store.write([.init(id: "i", item: item, generation: generation, offset: offset)])[0]
            }
            let outcome11 = try await write(item, 1, 5)
            #expect(outcome11)
            let outcome12 = try await write(nil, 1, 4)
            #expect(!outcome12)
            let everything = try await store.all(limit: 10)
            #expect(everything == [item])
            let outcome13 = try await store.items(["i", "x"]).map { $0?.title }
            #expect(outcome13 == ["Alien", nil])
            let outcome14 = try await write(nil, 1, 6)
            #expect(outcome14)
            let outcome15 = try await write(item, 1, 5)
            #expect(!outcome15)
            let outcome16 = try await store.items(["i"])[0]
            #expect(outcome16 == nil)
            let outcome17 = try await write(item, 2, 0)
            #expect(outcome17)
            let outcome18 = try await store.items(["i"])[0]?.title
            #expect(outcome18 == "Alien")
        }
    }

    @Test func `counts move with their fence and add up over shards`() async throws {
        try await withRedisClient { redis in
            let store = CountShardStore(redis: redis, keys: KeySpace(prefix: uniquePrefix()))
            let now = Timestamp(milliseconds: Int64(4_000_000_000_000))
            let start = CountWindow.day.start(of: now)
            let increment = CountShardStore.Increment(
                windows: [CountWindows(.day)],
                time: now,
                metric: .views,
                itemID: "i:1",
                amount: 2
            )
            let fence = Fence(entries: [.views: .init(generation: 1, partition: 0, offset: 3)])
            let outcome19 = try await store.add([increment], partition: 0, expected: nil, fence: fence)
            #expect(outcome19)
            let outcome20 = try await store.add([increment], partition: 0, expected: nil, fence: fence)
            #expect(!outcome20)
            let outcome21 = try await store.add([increment], partition: 1, expected: nil, fence: fence)
            #expect(outcome21)
            let outcome22 = try await store.fence(partition: 0)
            #expect(outcome22 == fence)
            let totals = try await store.totals(window: .day, starts: [start], partitions: 0..<3)
            #expect(totals == [.views: ["i:1": 4]])
        }
    }

    @Test func `the largest activity is one write, and what is no window of counts counts as empty`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = CountShardStore(redis: redis, keys: keys)
            let start = CountWindow.day.start(of: Timestamp(milliseconds: 4_000_000_000_000))
            let increments = (0...EventLimits().maximumItems).map {
                CountShardStore.Increment(windows: .all, time: start, metric: .impressions, itemID: "i\($0)")
            }
            let isAdded = try await store.add(increments, partition: 0, expected: nil, fence: Fence())
            #expect(isAdded)
            var damage = RedisPipeline()
            damage.append("SET", key: keys.counts(partition: 1, window: .day, start: start), "x")
            for (field, count) in [("i:i0", "\(Int.max)"), ("i:i1", "x"), ("?", "1"), ("i:i2", "5")] {
                damage.append("HSET", key: keys.counts(partition: 2, window: .day, start: start), field, count)
            }
            _ = try await redis.execute(damage)
            let totals = try await store.totals(window: .day, starts: [start], partitions: 0..<3)
            #expect(totals[.impressions]?.count == EventLimits().maximumItems + 1)
            #expect(totals[.impressions]?["i1"] == 1)
            #expect(totals[.impressions]?["i2"] == 6)
        }
    }

    @Test func `generations are minted once, then counted up`() async throws {
        try await withRedisClient { redis in
            let store = TopicGenerations(redis: redis, keys: KeySpace(prefix: uniquePrefix()))
            try await store.mintMissing(["a", "b"], clusterID: "c:1")
            try await store.mintMissing(["a"], clusterID: "other")
            try await store.mintNext(["b"], clusterID: "c:2")
            let found = try await store.generations(of: ["a", "b", "x"])
            #expect(found == ["a": .init(number: 1, clusterID: "c:1"), "b": .init(number: 2, clusterID: "c:2")])
        }
    }

    @Test func `keys escape what would break a hash tag, and name their user`() {
        let keys = KeySpace(prefix: "p:")
        #expect(keys.profile(UserKey(userID: "u1")) == "p:{u1}:profile")
        for user in [UserKey(userID: "a{b}%~\u{7}ü"), UserKey(anonymousID: "~x}"), UserKey(userID: "{:stream")] {
            #expect(keys.user(of: keys.stream(user)) == user)
            #expect(keys.stream(user).filter { $0 == "{" }.count == 1)
        }
    }

    private func list(revision: UInt64, model: UInt64) -> RecommendationList {
        RecommendationList(
            profileRevision: revision,
            modelVersion: model,
            computedAt: Timestamp(milliseconds: 7),
            entries: [
                .init(itemID: "a", score: 0.5, source: "als", reason: .init(type: "because_you_viewed", itemID: "b")),
                .init(itemID: "c", score: 0.25, source: "trending"),
            ]
        )
    }
}
