/// Repeats `body` until it succeeds; after five seconds its error is the caller's.
public func retrying<Result>(
    within limit: Duration = .seconds(5),
    _ body: () async throws -> Result
) async throws -> Result {
    let end = ContinuousClock.now + limit
    while true {
        do {
            return try await body()
        } catch {
            if ContinuousClock.now >= end { throw error }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Waits until `condition` holds; throws after five seconds.
public func untilTrue(
    within limit: Duration = .seconds(5),
    _ condition: () async throws -> Bool
) async throws {
    try await retrying(within: limit) {
        guard try await condition() else { throw NeverHeld() }
    }
}

/// A condition did not come true in time.
public struct NeverHeld: Error {}
