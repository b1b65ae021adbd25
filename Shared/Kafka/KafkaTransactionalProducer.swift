public import Logging
import NIOConcurrencyHelpers
import Threading

/// An offset that a transaction commits for a consumer group.
public struct KafkaTransactionOffset: Sendable, Hashable {
    /// The partition that was read.
    public var partition: KafkaTopicPartition
    /// The next offset to read.
    public var offset: Int64
    /// The text to commit with it.
    public var metadata: String?

    /// Creates an offset.
    public init(_ partition: KafkaTopicPartition, offset: Int64, metadata: String? = nil) {
        self.partition = partition
        self.offset = offset
        self.metadata = metadata
    }
}

/// Sends messages and the offsets that they follow from in one: readers of committed messages see all of it or nothing.
///
/// One transaction runs at a time; what callers hand in meanwhile goes together into the next one, so many partitions
/// share the cost of a commit. When a shared transaction is aborted, each part is tried in one of its own, so that one
/// bad part does not hold the others back. All blocking calls run on the producer's own thread.
public final class KafkaTransactionalProducer: Sendable {
    /// Counters since the producer was made.
    public struct Metrics: Sendable, Hashable {
        /// Transactions that were committed.
        public var committed = 0
        /// Transactions that were aborted.
        public var aborted = 0
        /// Messages in committed transactions.
        public var messages = 0
    }

    /// What one caller hands in.
    private final class Part: Sendable {
        let messages: [KafkaOutgoingMessage]
        let offsets: [KafkaTransactionOffset]
        let membership: KafkaGroupMembership?
        let outcome = NIOLockedValueBox<Result<Void, KafkaTransactionError>?>(nil)
        let waiter: CheckedContinuation<Void, Never>

        init(
            _ messages: [KafkaOutgoingMessage],
            _ offsets: [KafkaTransactionOffset],
            _ membership: KafkaGroupMembership?,
            _ waiter: CheckedContinuation<Void, Never>
        ) {
            self.messages = messages
            self.offsets = offsets
            self.membership = membership
            self.waiter = waiter
        }

        func settle(_ result: Result<Void, KafkaTransactionError>) {
            outcome.withLockedValue { $0 = result }
            waiter.resume()
        }
    }

    /// The most messages that share a transaction, so that one commit stays short.
    private static let sharedMessages = 5_000

    private let client: TransactionClient
    private let queue = WorkQueue<Part>()
    private let counters = NIOLockedValueBox(Metrics())
    private let logger: Logger

    /// Starts a client; the transactional id must be no other live producer's.
    ///
    /// The thread ends at ``close(timeout:)``.
    public init(settings: KafkaClientSettings, transactionalID: String, logger: Logger) throws(KafkaError) {
        self.logger = logger
        client = try TransactionClient(
            properties: ClientProperties.transactionalProducer(settings, id: transactionalID),
            logger: logger
        )
        DedicatedThread.start { self.work() }
    }

    /// Waits until the brokers have taken the producer in; ends with the task's cancellation.
    public func initialise() async throws(KafkaTransactionError) {
        let result = await withTaskCancellationHandler {
            await submit([], offsets: [], as: nil)
        } onCancel: {
            client.stop()
        }
        try result.get()
    }

    /// Sends messages and offsets in one transaction and waits for its commit.
    ///
    /// - Throws: ``KafkaTransactionError`` of kind `aborted` (nothing took effect), `fatal`, or `closed`. After any of
    ///   them the group's committed offsets tell for certain what took effect.
    public func send(
        _ messages: [KafkaOutgoingMessage],
        offsets: [KafkaTransactionOffset],
        as membership: KafkaGroupMembership
    ) async throws(KafkaTransactionError) {
        try await submit(messages, offsets: offsets, as: membership).get()
    }

    /// Ends all retrying, lets the transaction in hand end or fail, and ends; bounded by `timeout`.
    public func close(timeout: Duration = .seconds(10)) async {
        client.stop()
        queue.close()
        await client.producer.close(by: .now + timeout)
    }

    /// What the producer has done so far.
    public var metrics: Metrics { counters.withLockedValue { $0 } }

    private func submit(
        _ messages: [KafkaOutgoingMessage],
        offsets: [KafkaTransactionOffset],
        as membership: KafkaGroupMembership?
    ) async -> Result<Void, KafkaTransactionError> {
        let handedIn = NIOLockedValueBox<Part?>(nil)
        await withCheckedContinuation { continuation in
            let part = Part(messages, offsets, membership, continuation)
            handedIn.withLockedValue { $0 = part }
            if !queue.append(part) { part.settle(.failure(.closed)) }
        }
        return handedIn.withLockedValue { $0 }?.outcome.withLockedValue { $0 } ?? .failure(.closed)
    }

    // MARK: On the producer's thread

    private func work() {
        var failure: KafkaTransactionError?
        do throws(KafkaTransactionError) {
            try client.initialise()
        } catch {
            failure = error
        }
        var highest = HighestOffsets()
        while let parts = queue.takeAll() {
            var rest = parts[...]
            while let first = rest.first {
                var share: [Part] = []
                var count = 0
                while let next = rest.first, next.membership === first.membership,
                    share.isEmpty || count + next.messages.count <= Self.sharedMessages
                {
                    share.append(rest.removeFirst())
                    count += next.messages.count
                }
                run(share, &highest, &failure)
            }
        }
    }

    private func run(_ parts: [Part], _ highest: inout HighestOffsets, _ failure: inout KafkaTransactionError?) {
        let result = transact(parts, &highest, failure)
        if case .failure(let error) = result {
            if error.kind == .aborted, parts.count > 1 {
                for part in parts { run([part], &highest, &failure) }
                return
            }
            if error.kind != .aborted { failure = error }
        }
        for part in parts { part.settle(result) }
    }

    private func transact(
        _ parts: [Part],
        _ highest: inout HighestOffsets,
        _ failure: KafkaTransactionError?
    ) -> Result<Void, KafkaTransactionError> {
        if let failure { return .failure(failure) }
        guard let membership = parts.first?.membership else { return .success(()) }
        let messages = parts.flatMap(\.messages)
        let offsets = highest.rising(parts.flatMap(\.offsets), of: membership)
        guard !messages.isEmpty || !offsets.isEmpty else { return .success(()) }
        do throws(KafkaTransactionError) {
            try client.transact(messages, offsets: offsets, as: membership)
        } catch {
            if error.kind == .aborted { counters.withLockedValue { $0.aborted += 1 } }
            logger.warning("a transaction failed", metadata: ["error": "\(error)", "messages": "\(messages.count)"])
            return .failure(error)
        }
        highest.note(offsets)
        counters.withLockedValue { counters in
            counters.committed += 1
            counters.messages += messages.count
        }
        return .success(())
    }
}

/// The offsets that were committed for one membership; within it they only rise.
private struct HighestOffsets {
    private var membership: KafkaGroupMembership?
    private var offsets: [KafkaTopicPartition: Int64] = [:]

    /// One offset per partition, the highest; those below what has been committed are left out.
    mutating func rising(
        _ wanted: [KafkaTransactionOffset],
        of membership: KafkaGroupMembership
    ) -> [KafkaTransactionOffset] {
        if membership !== self.membership {
            self.membership = membership
            offsets = [:]
        }
        var rising: [KafkaTopicPartition: KafkaTransactionOffset] = [:]
        for offset in wanted where offset.offset >= offsets[offset.partition] ?? 0 {
            guard offset.offset >= rising[offset.partition]?.offset ?? 0 else { continue }
            rising[offset.partition] = offset
        }
        return Array(rising.values)
    }

    mutating func note(_ committed: [KafkaTransactionOffset]) {
        for offset in committed { offsets[offset.partition] = offset.offset }
    }
}
