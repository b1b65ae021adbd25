import Events
import NIOConcurrencyHelpers
import Stores
import Testing

@Suite("The fenced states of one worker")
struct FencedWorkingSetTests {
    private typealias Numbers = InMemoryFencedStore<Number>
    private let ann = UserKey(userID: "ann")
    private let bob = UserKey(userID: "bob")

    @Test func `a user whose state somebody else has written is computed anew, alone`() async throws {
        let store = Numbers { $0.fence }
        let states = FencedWorkingSet(store, remembering: .init(users: 10)) { _ throws(StoreError) in }
        var passes: [[UserKey]] = []
        try await states.settle([ann, bob], user: \.self) { users, isFirst in
            passes.append(users)
            let loaded = try await states.load(Set(users), epoch: 0)
            // Another instance is faster.
            if isFirst { _ = try await store.compareAndSet([write(bob, after: nil, offset: 5)]) }
            return try await states.write(users.map { write($0, after: loaded[$0], offset: 9) }, epoch: 0)
        }
        #expect(passes == [[ann, bob], [bob]])
        #expect(store.contents.mapValues(\.offset) == [ann: 9, bob: 9])
    }

    @Test func `conflicts in every round hand the batch back`() async throws {
        let states = FencedWorkingSet(Numbers { $0.fence }, remembering: .init(users: 10)) { _ throws(StoreError) in }
        await #expect(throws: StoreError.self) {
            try await states.settle([ann], user: \.self) { _, _ in [ann] }
        }
    }

    @Test func `what was read from a redis that has been replaced since is not used`() async throws {
        let store = Numbers { $0.fence }
        let current = NIOLockedValueBox(1)
        let states = FencedWorkingSet(store, remembering: .init(users: 10)) { epoch throws(StoreError) in
            guard current.withLockedValue({ $0 }) == epoch else {
                throw StoreError(code: .unavailable, message: "another one")
            }
        }
        _ = try await states.load([ann], epoch: 1)
        _ = try await store.compareAndSet([write(ann, after: nil, offset: 3)])
        // Known from the cache, so the store is not asked.
        #expect(try await states.load([ann], epoch: 1) == [ann: .state(nil)])
        await #expect(throws: StoreError.self) { try await states.load([ann], epoch: 2) }
        await #expect(throws: StoreError.self) {
            try await states.write([write(ann, after: nil, offset: 4)], epoch: 2)
        }
        current.withLockedValue { $0 = 2 }
        #expect(try await states.load([ann], epoch: 2) == [ann: .state(Number(offset: 3))])
        #expect(store.contents[ann]?.offset == 3)
    }

    @Test func `after a write in doubt the state is loaded again`() async throws {
        let store = DoubtfulStore(store: Numbers { $0.fence })
        let states = FencedWorkingSet(store, remembering: .init(users: 10)) { _ throws(StoreError) in }
        _ = try await states.load([ann], epoch: 0)
        await #expect(throws: StoreError.self) {
            try await states.write([write(ann, after: nil, offset: 4)], epoch: 0)
        }
        #expect(try await states.load([ann], epoch: 0) == [ann: .state(Number(offset: 4))])
    }

    private struct Number: Hashable, Sendable {
        var offset: Int64
        var fence: Fence {
            var fence = Fence()
            fence.advance(to: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: offset))
            return fence
        }
    }

    /// Writes, and loses the answer.
    private struct DoubtfulStore: FencedStore {
        let store: Numbers

        func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<Number>] {
            try await store.load(users)
        }

        func compareAndSet(_ writes: [FencedWrite<Number>]) async throws(StoreError) -> [FencedWriteOutcome] {
            _ = try await store.compareAndSet(writes)
            throw StoreError(code: .unavailable, message: "the answer is lost")
        }
    }

    private func write(_ user: UserKey, after before: LoadedState<Number>?, offset: Int64) -> FencedWrite<Number> {
        var expected: Fence?
        if case .state(let state?)? = before { expected = state.fence }
        return FencedWrite(user: user, expected: expected, state: Number(offset: offset))
    }
}
