import Catalog
import Events
import Logging
import Profiles
import Redis
import ServiceSupport
import Stores
import TestSupport
import Testing

@testable import Server

@Suite struct RedisServingStoreTests {
    @Test(.timeLimit(.minutes(1))) func `what the other services write is what the server reads`() async throws {
        try await withRedis { url in
            let redis = RedisClient(url: url)
            let keys = KeySpace(prefix: uniquePrefix())
            let user = UserKey(userID: "u")
            let item = CatalogItem(id: "item", title: "T", categories: ["Drama"])
            let list = RecommendationList([item.id], revision: 4, because: "because_you_viewed", of: item.id)
            var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 5))
            profile.revision = 4

            let writer = RecommendationStore(redis: redis, keys: keys)
            #expect(try await writer.write([(user, list)]) == [true])
            try await writer.writeSimilar([(item.id, RankedItem.ranked(["x"]))])
            let entry = CatalogStore.Entry(id: item.id, item: item, generation: 1, offset: 1)
            #expect(try await CatalogStore(redis: redis, keys: keys).write([entry]) == [true])
            let stored = FencedProfile(profile: profile, fence: Fence())
            let write = FencedWrite(user: user, expected: nil, state: stored)
            #expect(try await RedisProfileStore(redis: redis, keys: keys).compareAndSet([write]) == [.applied])

            let store = RedisServingStore(redis: redis, keys: keys)
            #expect(try await store.recommendations(for: user) == list)
            #expect(try await store.similar(to: item.id)?.map(\.itemID) == ["x"])
            #expect(try await store.items([item.id, "nothing"]) == [item, nil])
            #expect(try await store.profile(of: user)?.revision == 4)
            #expect(try await store.profile(of: UserKey(userID: "nobody")) == nil)
            await redis.close()
        }
    }
}
