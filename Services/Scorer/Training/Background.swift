import Logging
import Redis
import ServiceSupport
import Threading

/// What a scorer does behind the lists: loading, training and publishing models, with nothing that a list waits for.
///
/// Whoever works here has a thread of lower priority and a connection of its own: neither a hundred milliseconds of
/// encoding nor megabytes on their way to Redis stand before somebody's list.
struct Background: Sendable {
    /// One thread of lower priority.
    let executor: ThreadExecutor
    /// One connection, with time for large values on a busy machine.
    let redis: RedisClient

    private static let leastTimeout: Duration = .seconds(10)

    init(_ settings: RedisSettings, name: String, logger: Logger) {
        executor = ThreadExecutor(prepare: TrainingThreads.lowerPriority)
        var options = RedisClient.Options(clientName: "\(name)-background")
        options.connections = 1
        options.connectTimeout = settings.connectTimeout
        options.commandTimeout = max(settings.commandTimeout, Self.leastTimeout)
        redis = RedisClient(url: settings.url, options: options, logger: logger)
    }
}
