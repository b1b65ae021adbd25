import NIOConcurrencyHelpers

extension DedicatedThread {
    /// Runs blocking work on a thread of its own and returns what it returned.
    ///
    /// The calling task suspends; it is not cancelled with its task, so `body` needs its own deadline.
    public static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        let slot = NIOLockedValueBox<Result?>(nil)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            start {
                let result = body()
                slot.withLockedValue { $0 = result }
                continuation.resume()
            }
        }
        guard let result = slot.withLockedValue({ $0 }) else { preconditionFailure("resumed without a result") }
        return result
    }
}
