import Logging
import NIOConcurrencyHelpers
import Threading
public import Redis

extension ServiceContext {
    /// Shows a client's state: readiness check `redis`, commands and latencies as metrics, both read when asked for.
    ///
    /// The returned object takes what ``RedisDurability/check(_:)`` finds, and shows it as the check's detail.
    @discardableResult
    public func observe(_ redis: RedisClient, check name: String = "redis") -> RedisDurability {
        let durability = RedisDurability(logger)
        health.check(name) {
            let state = redis.state
            guard state.isConnected else {
                return .unready(state.lastError.map { "\($0)" } ?? "not connected yet")
            }
            let warnings = durability.warnings
            return .ready(detail: warnings.isEmpty ? nil : "warning: \(warnings.joined(separator: "; "))")
        }
        let commands = metrics.counter("redis_commands_total", help: "Commands answered.")
        let trips = metrics.counter("redis_round_trips_total", help: "Writes that carried one or more pipelines.")
        let failures = metrics.counter("redis_failures_total", help: "Pipelines that failed as a whole.")
        let overloads = metrics.counter("redis_overloads_total", help: "Pipelines refused: too much was queued.")
        let reconnects = metrics.counter("redis_reconnects_total", help: "Connections opened again after a loss.")
        let redirections = metrics.counter(
            "redis_redirections_total",
            help: "Commands sent again: another node of the cluster serves them, or nobody did."
        )
        let epochs = metrics.counter("redis_identity_changes_total", help: "Restarts and failovers found.")
        let masters = metrics.gauge("redis_masters", help: "Masters that serve hash slots; 1 without a cluster.")
        let unserved = metrics.gauge("redis_unserved_slots", help: "Hash slots that nobody serves.")
        let connected = metrics.gauge(
            "redis_connected",
            help: "1 while every connection is open and every hash slot is served."
        )
        let latency = metrics.histogram(
            "redis_pipeline_duration_seconds",
            help: "From the call to the last reply.",
            buckets: RedisClient.LatencyHistogram.bounds
        )
        metrics.onCollect {
            let state = redis.state
            commands.set(toTotal: Double(state.commands))
            trips.set(toTotal: Double(state.roundTrips))
            failures.set(toTotal: Double(state.failures))
            overloads.set(toTotal: Double(state.overloads))
            reconnects.set(toTotal: Double(state.reconnects))
            redirections.set(toTotal: Double(state.redirections))
            epochs.set(toTotal: Double(state.identityEpoch))
            masters.set(Double(state.masters))
            unserved.set(Double(state.unservedSlots))
            connected.set(state.isConnected ? 1 : 0)
            latency.set(toCounts: state.latency.counts, sum: state.latency.sum)
        }
        return durability
    }
}

/// What Redis' own settings mean for the data: found once, shown in the readiness report from then on.
public final class RedisDurability: Sendable {
    private let logger: Logger
    private let found = NIOLockedValueBox<[String]>([])

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// What may lose data, one sentence each; empty before ``check(_:)`` and when all is well.
    public var warnings: [String] { found.withLockedValue { $0 } }

    /// Asks Redis whether it persists what it is given and never evicts, and logs a warning for each thing amiss.
    ///
    /// Waits for Redis to come up, so run it beside the service's work.
    public func check(_ redis: RedisClient) async {
        var backoff = Backoff(initial: .milliseconds(200))
        while !Task.isCancelled {
            do {
                let warnings = try await redis.checkDurability()
                found.withLockedValue { $0 = warnings }
                for warning in warnings { logger.warning("redis may lose data", metadata: ["why": "\(warning)"]) }
                return
            } catch {
                await backoff.pause()
            }
        }
    }
}
