import CRDKafka
import Logging
import NIOConcurrencyHelpers

/// What librdkafka's callbacks may touch: its log, its statistics, its errors, and rebalances.
///
/// Some callbacks run on librdkafka's own threads, so everything here is immutable or behind a lock.
/// The handle keeps its context alive until the client is destroyed.
final class ClientContext: Sendable {
    struct Rebalance: Sendable {
        var isAssignment: Bool
        var isLost: Bool
        var partitions: [KafkaTopicPartition]
    }

    private struct State {
        var statistics = KafkaStatistics()
        var rebalances: [Rebalance] = []
        var lastError: KafkaError?
        var fatalError: String?
        var logged: [String: ContinuousClock.Instant] = [:]
    }

    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(logger: Logger) {
        self.logger = logger
    }

    static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientContext? {
        opaque.map { Unmanaged<ClientContext>.fromOpaque($0).takeUnretainedValue() }
    }

    var statistics: KafkaStatistics { state.withLockedValue { $0.statistics } }
    var fatalError: String? { state.withLockedValue { $0.fatalError } }
    var lastError: KafkaError? { state.withLockedValue { $0.lastError } }

    func clearLastError() { state.withLockedValue { $0.lastError = nil } }

    func takeRebalances() -> [Rebalance] {
        state.withLockedValue { state in
            defer { state.rebalances = [] }
            return state.rebalances
        }
    }

    func note(_ rebalance: Rebalance) { state.withLockedValue { $0.rebalances.append(rebalance) } }

    func note(_ statistics: KafkaStatistics) { state.withLockedValue { $0.statistics = statistics } }

    func note(error: rd_kafka_resp_err_t, reason: String) {
        state.withLockedValue { state in
            state.lastError = KafkaError(error, reason)
            if error == RD_KAFKA_RESP_ERR__FATAL { state.fatalError = reason }
        }
    }

    /// Passes a line of librdkafka's log on; a facility that repeats itself is heard every five seconds.
    func log(level: Int32, facility: String, text: String) {
        // Producer settings on a consumer and the other way round: one set of properties serves both.
        if facility == "CONFWARN" { return }
        // An old broker, or the embedded one, that knows no way to forbid it: we subscribe to topics that we have seen.
        if facility == "AUTOCREATE" { return }
        let now = ContinuousClock.now
        let isDue = state.withLockedValue { state in
            if let last = state.logged[facility], now - last < .seconds(5) { return false }
            state.logged[facility] = now
            return true
        }
        guard isDue else { return }
        let severity: Logger.Level = level <= 2 ? .error : level <= 4 ? .warning : level <= 6 ? .info : .debug
        logger.log(
            level: severity,
            "librdkafka reports",
            metadata: ["kafka.facility": "\(facility)", "kafka.text": "\(text)"]
        )
    }
}
