import Events
import Profiles
import Redis
import Sessions
import Stores
import TestSupport
import Testing

@Suite("Fenced stores", .timeLimit(.minutes(1)))
struct FencedStoreTests {
    @Test func `profiles in Redis keep the contract`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            try await checkContract(RedisProfileStore(redis: redis, keys: keys)) { user, offset in
                var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 1_700_000_000_000))
                profile.revision = UInt64(offset) + 1
                return FencedProfile(profile: profile, fence: Self.fence(offset))
            } revision: {
                Int64($0.profile.revision) - 1
            }
        }
    }

    @Test func `profiles in memory keep the contract`() async throws {
        try await checkContract(InMemoryFencedStore<FencedProfile> { $0.fence }) { user, offset in
            var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 0))
            profile.revision = UInt64(offset) + 1
            return FencedProfile(profile: profile, fence: Self.fence(offset))
        } revision: {
            Int64($0.profile.revision) - 1
        }
    }

    @Test func `stream states in Redis keep the contract`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            try await checkContract(RedisStreamStateStore(redis: redis, keys: keys)) { user, offset in
                StreamState(processed: Int(offset), fence: Self.fence(offset))
            } revision: {
                Int64($0.processed)
            }
        }
    }

    @Test func `event ids are appended, and written anew after a trim`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = RedisStreamStateStore(redis: redis, keys: keys)
            let user = UserKey(userID: "u")
            let policy = SessionPolicy(maximumSeenEvents: 8)
            let now = Timestamp(milliseconds: 1_700_000_000_000)
            var state = StreamState()
            var expected: Fence?
            for offset in 0..<25 {
                let source = SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: Int64(offset))
                _ = state.apply(source, eventID: "e\(offset)", time: now, receivedAt: now, user: user, policy: policy)
                let outcome = try await store.compareAndSet([FencedWrite(user: user, expected: expected, state: state)])
                #expect(outcome == [.applied])
                state.seen.markStored()
                expected = state.fence
                guard case .found(let stored) = try await store.load([user])[0] else {
                    Issue.record("the state is gone")
                    return
                }
                #expect(stored.seen.entries == state.seen.entries)
                #expect(stored.session == state.session)
                #expect(stored.processed == offset + 1)
            }
        }
    }

    @Test func `a key of another type fails its own user only`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = RedisProfileStore(redis: redis, keys: keys)
            let (bad, good) = (UserKey(userID: "bad"), UserKey(userID: "good"))
            _ = try await redis.command(RedisCommand("LPUSH", key: keys.profile(bad), "x"))
            let outcomes = try await store.load([bad, good])
            guard case .failed(let error) = outcomes[0] else {
                Issue.record("a list is no profile")
                return
            }
            #expect(!error.isRetriable)
            guard case .absent = outcomes[1] else {
                Issue.record("the other user is not concerned")
                return
            }
        }
    }

    @Test func `damaged bytes are an error of that user, never a crash`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = RedisProfileStore(redis: redis, keys: keys)
            let user = UserKey(userID: "u")
            let whole = FencedProfile(profile: sampleProfile(), fence: Self.fence(3))
            _ = try await store.compareAndSet([FencedWrite(user: user, expected: nil, state: whole)])
            let bytes = try #require(try await redis.get(keys.profile(user)))
            var random = SeededRandom(seed: 7)
            for _ in 0..<300 {
                var damaged = bytes
                if Bool.random(using: &random) {
                    damaged.removeLast(Int.random(in: 1...damaged.count, using: &random))
                } else {
                    let index = Int.random(in: 0..<damaged.count, using: &random)
                    damaged[index] = UInt8.random(in: 0...255, using: &random)
                }
                try await redis.set(keys.profile(user), damaged)
                _ = try await store.load([user])
            }
        }
    }

    @Test func `a profile comes back as it was`() async throws {
        try await withRedisClient { redis in
            let store = RedisProfileStore(redis: redis, keys: KeySpace(prefix: uniquePrefix()))
            let user = UserKey(anonymousID: "a{7}%~\u{1}ü")
            let whole = FencedProfile(profile: sampleProfile(), fence: Self.fence(3))
            _ = try await store.compareAndSet([FencedWrite(user: user, expected: nil, state: whole)])
            guard case .found(let stored) = try await store.load([user])[0] else {
                Issue.record("the profile is gone")
                return
            }
            #expect(stored == whole)
        }
    }

    @Test func `a switch for tests turns the fences off`() async throws {
        try await withRedisClient { redis in
            let keys = KeySpace(prefix: uniquePrefix())
            let store = RedisProfileStore(redis: redis, keys: keys, mode: .disabledForTest)
            let write = FencedWrite(
                user: UserKey(userID: "u"),
                expected: Self.fence(9),
                state: FencedProfile(profile: sampleProfile(), fence: Self.fence(3))
            )
            let outcome1 = try await store.compareAndSet([write, write])
            #expect(outcome1 == [.applied, .applied])
        }
    }

    // MARK: The contract

    /// What every store promises, whatever is behind it.
    private func checkContract<Store: FencedStore>(
        _ store: Store,
        state: (UserKey, Int64) -> Store.State,
        revision: (Store.State) -> Int64
    ) async throws {
        let (first, second) = (UserKey(userID: "1"), UserKey(userID: "2"))
        for outcome in try await store.load([first, second]) {
            guard case .absent = outcome else {
                Issue.record("nothing is stored yet")
                return
            }
        }
        let outcome2 = try await store.compareAndSet([FencedWrite(user: first, expected: nil, state: state(first, 3))])
        #expect(
            outcome2 == [
                .applied
            ]
        )
        // A new user a second time, the right fence, a wrong one, a fence where nothing stands.
        let outcomes = try await store.compareAndSet([
            FencedWrite(user: first, expected: nil, state: state(first, 4)),
            FencedWrite(user: first, expected: Self.fence(3), state: state(first, 5)),
            FencedWrite(user: first, expected: Self.fence(3), state: state(first, 6)),
            FencedWrite(user: second, expected: Self.fence(3), state: state(second, 7)),
        ])
        #expect(outcomes == [.conflict, .applied, .conflict, .conflict])
        let loaded = try await store.load([second, first])
        guard case .absent = loaded[0], case .found(let stored) = loaded[1] else {
            Issue.record("the second user has no state, the first one has")
            return
        }
        #expect(revision(stored) == 5)
    }

    private static func fence(_ offset: Int64) -> Fence {
        Fence(entries: [
            .views: Fence.Entry(generation: 1, partition: 11, offset: offset),
            .users: Fence.Entry(generation: 300, partition: 11, offset: 1 << 40),
        ])
    }

    private func sampleProfile() -> UserProfile {
        var profile = UserProfile(firstEventAt: Timestamp(milliseconds: -5_000))
        profile.revision = 17
        profile.lastSeen = Timestamp(milliseconds: 1_700_000_000_000)
        profile.categories.masses = ["Drama": .init(liked: 0.1), "War": .init(liked: 1e-200, disliked: 3)]
        profile.creators.masses = ["Zoë": .init(disliked: 1 / 3)]
        profile.counters = [.view: 12, .rating: 5]
        profile.items = [
            "a": ItemSignal(type: .rating, strength: 1 / 3, lastTime: profile.lastSeen, isConsumed: true),
            "b": ItemSignal(type: .dislike, strength: -4, lastTime: profile.firstSeen, count: 9, isRejected: true),
        ]
        profile.sessions = 3
        profile.purchaseValue = 9.99
        profile.lastPurchase = profile.lastSeen
        return profile
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
