import Dispatch
import Synchronization

/// The threads that share the work of a fit.
///
/// A caller who cares for priorities brings its own threads; the result does not depend on their number.
public struct Workers: Sendable {
    /// How many threads work at once.
    public let count: Int
    private let run: @Sendable (Int, @escaping @Sendable (Int) -> Void) -> Void

    /// The caller's own thread, alone.
    public static let serial = Workers(count: 1) { count, body in
        for worker in 0..<count { body(worker) }
    }

    /// `count` threads of Dispatch.
    public static func dispatch(count: Int) -> Workers {
        Workers(count: count) { count, body in
            DispatchQueue.concurrentPerform(iterations: count, execute: body)
        }
    }

    /// Workers that `run` starts: it calls the body once for each number from zero to the count, and returns when all have returned.
    public init(count: Int, run: @escaping @Sendable (Int, @escaping @Sendable (Int) -> Void) -> Void) {
        self.count = max(1, count)
        self.run = run
    }

    /// Splits `0..<count` into chunks of `size` that the workers take one after the other.
    func forEachChunk(
        of count: Int,
        size: Int,
        unless isCancelled: @escaping @Sendable () -> Bool,
        _ body: @escaping @Sendable (_ chunk: Int, Range<Int>) -> Void
    ) {
        let chunks = (count + size - 1) / size
        let next = NextChunk()
        run(min(self.count, max(1, chunks))) { _ in
            while !isCancelled() {
                let chunk = next.take()
                guard chunk < chunks else { return }
                body(chunk, chunk * size..<min(count, (chunk + 1) * size))
            }
        }
    }

    private final class NextChunk: Sendable {
        private let value = Atomic<Int>(0)

        func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }
}
