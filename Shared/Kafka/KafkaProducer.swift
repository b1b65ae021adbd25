import CRDKafka
import Glibc
public import Logging
import NIOConcurrencyHelpers
import Synchronization
import Threading

/// Sends messages and tells when the brokers have them (`acks=all`, idempotent).
///
/// Messages of one caller that go to one partition keep their order. When the idempotent producer fails for good, what was
/// not delivered comes back as ``KafkaError/Code/fatal`` (retriable), a new client takes over, and the caller sends again
/// from the first failure.
public final class KafkaProducer: Sendable {
    /// What matters more when the brokers are slow.
    public enum Mode: Sendable {
        /// For requests that somebody waits for: a full queue answers at once, and a message gives up after 120 s.
        case interactive
        /// For streams: a full queue makes the caller wait and a message never gives up, so that order has no gap.
        case pipeline
    }

    /// Counters since the producer was made.
    public struct Metrics: Sendable {
        /// Messages given to ``KafkaProducer/send(_:)-(KafkaOutgoingMessage)``.
        public var produced: Int
        /// Messages that the brokers have.
        public var delivered: Int
        /// Messages that came back with an error.
        public var failed: Int
        /// Messages that wait for their report.
        public var queueDepth: Int
        /// Times a fatal error made a new client necessary.
        public var replacements: Int
        /// What librdkafka last measured.
        public var statistics: KafkaStatistics
    }

    private struct State {
        var client: ProducerClient
        var knownTopics: Set<String> = []
        var isClosed = false
        var replacements = 0
    }

    private let mode: Mode
    private let properties: [String: String]
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    let produced = Atomic(0)
    let delivered = Atomic(0)
    let failed = Atomic(0)

    /// Starts a client; it connects by itself and goes on trying.
    public init(settings: KafkaClientSettings, mode: Mode, logger: Logger) throws(KafkaError) {
        self.mode = mode
        self.logger = logger
        properties = ClientProperties.producer(settings, mode: mode)
        state = NIOLockedValueBox(State(client: try ProducerClient(properties: properties, logger: logger)))
    }

    /// Sends one message and waits for its delivery report.
    public func send(_ message: KafkaOutgoingMessage) async throws(KafkaError) -> KafkaDelivery {
        try await send([message])[0].get()
    }

    /// Sends messages in this order and waits until every delivery report is in.
    ///
    /// The results stand in the order of the messages. Topics have to exist; one that is not known yet is looked up first.
    public func send(_ messages: [KafkaOutgoingMessage]) async -> [Result<KafkaDelivery, KafkaError>] {
        guard !messages.isEmpty else { return [] }
        produced.add(messages.count, ordering: .relaxed)
        let results = await sendCounted(messages)
        let failures = results.count { if case .failure = $0 { true } else { false } }
        failed.add(failures, ordering: .relaxed)
        delivered.add(results.count - failures, ordering: .relaxed)
        return results
    }

    private func sendCounted(_ messages: [KafkaOutgoingMessage]) async -> [Result<KafkaDelivery, KafkaError>] {
        let client: ProducerClient
        do {
            try await lookUp(messages)
            client = try currentClient()
        } catch {
            return Array(repeating: .failure(error), count: messages.count)
        }
        let batch = DeliveryBatch(count: messages.count)
        var next = 0
        var stopped: KafkaError?
        while next < messages.count {
            if let stopped {
                batch.resolve(next, .failure(stopped))
                next += 1
                continue
            }
            var isQueueFull = false
            let isOpen = client.whileOpen {
                while next < messages.count {
                    if let error = client.enqueue(messages[next], opaque: batch.opaque(at: next)) {
                        isQueueFull = error.code == .queueFull
                        if isQueueFull { return }
                        batch.resolve(next, .failure(error))
                    }
                    next += 1
                }
            }
            if !isOpen {
                stopped = KafkaError(code: .fatal, message: "the producer was replaced or closed", isRetriable: true)
            } else if isQueueFull, mode == .interactive {
                stopped = KafkaError(code: .queueFull, message: "the producer's queue is full", isRetriable: true)
            } else if isQueueFull {
                await client.spaceInQueue()
            }
        }
        return await batch.results()
    }

    /// Learns the metadata of `topics`, so that their first messages need not wait for it.
    ///
    /// Waits until all exist and have leaders, at most `timeout`.
    public func warmUp(topics: [String], timeout: Duration = .seconds(10)) async throws(KafkaError) {
        let handle = try currentClient().handle
        let missing: Result<[String], KafkaError> = await DedicatedThread.run {
            let deadline = ContinuousClock.now + timeout
            var backOff: UInt32 = 10_000
            while true {
                let metadata = KafkaMetadata.read(handle, timeout: .seconds(2))
                let known = (try? metadata.get())?.topics.filter(\.value.isReady).map(\.key) ?? []
                let missing = Set(topics).subtracting(known)
                if missing.isEmpty { return .success([]) }
                if ContinuousClock.now >= deadline {
                    if case .failure(let error) = metadata { return .failure(error) }
                    return .success(missing.sorted())
                }
                usleep(backOff)
                backOff = min(backOff * 2, 500_000)
            }
        }
        let names = try missing.get()
        guard names.isEmpty else {
            throw KafkaError(
                code: .unknownTopic,
                message: "no such topic, or no leader: \(names.joined(separator: ", "))",
                isRetriable: true
            )
        }
        state.withLockedValue { $0.knownTopics.formUnion(topics) }
    }

    /// Waits for outstanding messages, at most `timeout`, and ends; messages that are left come back as failures.
    public func close(timeout: Duration = .seconds(10)) async {
        let client = state.withLockedValue { state in
            state.isClosed = true
            return state.client
        }
        await client.close(by: .now + timeout)
    }

    /// What the producer has done so far.
    public var metrics: Metrics {
        let (client, replacements) = state.withLockedValue { ($0.client, $0.replacements) }
        return Metrics(
            produced: produced.load(ordering: .relaxed),
            delivered: delivered.load(ordering: .relaxed),
            failed: failed.load(ordering: .relaxed),
            queueDepth: client.queueDepth,
            replacements: replacements,
            statistics: client.handle.context.statistics
        )
    }

    /// Makes the current client fail as a broker could.
    func failForGood() {
        let client = state.withLockedValue { $0.client }
        rd_kafka_test_fatal_error(
            client.handle.pointer,
            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            "a test wants it"
        )
    }

    func currentClient() throws(KafkaError) -> ProducerClient {
        let result: Result<ProducerClient, KafkaError> = state.withLockedValue { state in
            guard !state.isClosed else { return .failure(.closed) }
            guard !state.client.isOpen else { return .success(state.client) }
            do throws(KafkaError) {
                state.client = try ProducerClient(properties: properties, logger: logger)
                state.replacements += 1
                return .success(state.client)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The topics of `messages` whose metadata is not known yet; see ``warmUp(topics:timeout:)``.
    public func unknownTopics(of messages: [KafkaOutgoingMessage]) -> Set<String> {
        state.withLockedValue { state in
            messages.contains { !state.knownTopics.contains($0.topic) }
                ? Set(messages.lazy.map(\.topic)).subtracting(state.knownTopics) : []
        }
    }

    private func lookUp(_ messages: [KafkaOutgoingMessage]) async throws(KafkaError) {
        let unknown = unknownTopics(of: messages)
        if !unknown.isEmpty { try await warmUp(topics: unknown.sorted(), timeout: .seconds(5)) }
    }
}
