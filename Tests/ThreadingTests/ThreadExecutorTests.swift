import Glibc
import NIOConcurrencyHelpers
import Testing

@testable import Threading

@Suite struct ThreadExecutorTests {
    @Test func `a task and its children stay on the thread, across suspensions`() async {
        let prepared = NIOLockedValueBox<pthread_t?>(nil)
        let executor = ThreadExecutor {
            let own = pthread_self()
            prepared.withLockedValue { $0 = own }
        }
        let seen = await withTaskExecutorPreference(executor) {
            var seen: Set<pthread_t> = [pthread_self()]
            await Task.yield()
            seen.insert(pthread_self())
            try? await Task.sleep(for: .milliseconds(1))
            seen.insert(pthread_self())
            return await withTaskGroup(of: pthread_t.self) { group in
                for _ in 0..<4 { group.addTask { pthread_self() } }
                for await thread in group { seen.insert(thread) }
                return seen
            }
        }
        #expect(seen.count == 1 && seen.first == prepared.withLockedValue { $0 })
    }

    @Test func `the thread ends with the executor`() async throws {
        final class Held: Sendable {}
        var held: Held? = Held()
        weak let thread = held
        var executor: ThreadExecutor? = ThreadExecutor { [held] in _ = held }
        held = nil
        if let executor { await withTaskExecutorPreference(executor) { await Task.yield() } }
        #expect(thread != nil)
        executor = nil
        while thread != nil { try await Task.sleep(for: .milliseconds(5)) }
    }
}
