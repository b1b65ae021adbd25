/// Repeats `body` until it succeeds; after five seconds its error is the caller's.
public func eventually<Result>(
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
