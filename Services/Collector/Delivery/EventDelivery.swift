import Events
import Kafka
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import ServiceSupport
import Threading

/// Brings records to Kafka, or to the spool when Kafka does not take them in time.
///
/// One lock around the ``DeliveryLedger`` makes the order: under it records are handed to the producer and to the spool's
/// thread. Waiting, writing and reading happen outside.
final class EventDelivery: Service, Sendable {
    typealias Outcome = DeliveryLedger.Outcome
    private typealias Actions = DeliveryLedger.Actions

    private struct State {
        var ledger: DeliveryLedger
        var outcomes: [DeliveryLedger.RequestID: Outcome] = [:]
        var waiters: [DeliveryLedger.RequestID: CheckedContinuation<Void, Never>] = [:]
        var whenDone: [DeliveryLedger.RequestID: @Sendable () -> Void] = [:]
        var isClosing = false
    }

    private let producer: KafkaProducer
    private let spool: Spool?
    private let deadline: Duration
    private let metrics: SpoolMetrics
    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    private let replays: AsyncStream<Int>
    private let startReplay: AsyncStream<Int>.Continuation

    /// Records of a lane that are replayed together.
    private static let replayBatch = 256

    /// `ledger` knows what `spool` held when it was opened.
    init(
        producer: KafkaProducer,
        spool: Spool?,
        ledger: DeliveryLedger,
        deadline: Duration,
        metrics: SpoolMetrics,
        logger: Logger
    ) {
        self.producer = producer
        self.spool = spool
        self.deadline = deadline
        self.metrics = metrics
        self.logger = logger
        state = NIOLockedValueBox(State(ledger: ledger))
        // At most one element a lane.
        (replays, startReplay) = AsyncStream.makeStream()
    }

    /// Whether any events wait in the spool, or go there.
    var isSpooling: Bool { state.withLockedValue { $0.ledger.spooling > 0 } }

    // MARK: Requests

    /// Returns when Kafka or the spool has all `records`, or gives up.
    ///
    /// `whenDone` is called once, when the records' memory is no longer held here, however long that takes.
    func send(_ records: [KafkaOutgoingMessage], whenDone: @escaping @Sendable () -> Void) async -> Outcome {
        if spool == nil { await learnTopics(of: records) }
        let id = admit(records, whenDone)
        await withCheckedContinuation { continuation in
            let isAnswered = state.withLockedValue { state in
                if state.outcomes[id] == nil { state.waiters[id] = continuation }
                return state.outcomes[id] != nil
            }
            if isAnswered { continuation.resume() }
        }
        return state.withLockedValue { $0.outcomes.removeValue(forKey: id) } ?? .failed(.unacknowledged)
    }

    /// At the start, before the probe has seen Kafka; with a spool the records go there.
    private func learnTopics(of records: [KafkaOutgoingMessage]) async {
        let unknown = producer.unknownTopics(of: records)
        guard !unknown.isEmpty else { return }
        try? await producer.warmUp(topics: unknown.sorted(), timeout: deadline)
    }

    private func admit(
        _ records: [KafkaOutgoingMessage],
        _ whenDone: @escaping @Sendable () -> Void
    ) -> DeliveryLedger.RequestID {
        let (id, actions) = state.withLockedValue { state in
            let (id, direct, actions) = state.ledger.admit(records, now: .now)
            state.whenDone[id] = whenDone
            var all = [perform(actions, &state)]
            if !direct.isEmpty {
                let messages = direct.count == records.count ? records : direct.map { records[$0] }
                let refused = producer.enqueue(messages) { [self] place, result in
                    reported(id, direct[place], result)
                }
                if !refused.isEmpty {
                    let byIndex = Dictionary(uniqueKeysWithValues: refused.map { (direct[$0.key], $0.value) })
                    all.append(perform(state.ledger.refuse(id, byIndex), &state))
                }
            }
            return (id, all)
        }
        for after in actions { after() }
        return id
    }

    /// On the producer's thread.
    private func reported(
        _ id: DeliveryLedger.RequestID,
        _ index: Int,
        _ result: Result<KafkaDelivery, KafkaError>
    ) {
        let error: KafkaError? = if case .failure(let error) = result { error } else { nil }
        change { $0.report(id, index, error) }
    }

    private func change(_ body: (inout DeliveryLedger) -> Actions) {
        let after = state.withLockedValue { state in
            let actions = body(&state.ledger)
            return perform(actions, &state)
        }
        after()
    }

    /// Does what has to keep the ledger's order, and returns the rest, which needs no lock.
    private func perform(_ actions: Actions, _ state: inout State) -> () -> Void {
        for append in actions.appends {
            spool?.append(append.items.map { ($0.id, $0.message) }) { [self] result in
                change { $0.appended(append, isStored: (try? result.get()) != nil) }
            }
        }
        var resumed: [CheckedContinuation<Void, Never>] = []
        for (id, outcome) in actions.answers {
            state.outcomes[id] = outcome
            if let waiter = state.waiters.removeValue(forKey: id) { resumed.append(waiter) }
        }
        let finished = actions.finished.compactMap { state.whenDone.removeValue(forKey: $0) }
        return { [self] in
            for waiter in resumed { waiter.resume() }
            for whenDone in finished { whenDone() }
            if !actions.releases.isEmpty {
                metrics.replayed.increment(by: actions.releases.count)
                spool?.release(actions.releases)
            }
            for lane in actions.replays { startReplay.yield(lane) }
            switch actions.spooling {
            case true?: logger.warning("kafka does not acknowledge in time: events go to the spool")
            case false?: logger.notice("the spool is drained: events go to kafka again")
            case nil: break
            }
        }
    }

    // MARK: Background

    /// Kafka has been seen: what waits in the spool goes there from now on.
    func beginReplays() {
        change { $0.beginReplays() }
    }

    /// Works until the graceful shutdown, then waits for what is under way, and ends producer and spool.
    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.expireRequests() }
                for await lane in replays { group.addTask { await self.replay(lane) } }
                state.withLockedValue { $0.isClosing = true }
                // What Kafka does not take within this time comes back as failed, goes to the spool, and the tasks end.
                await producer.close(timeout: Task.isCancelled ? .zero : .seconds(10))
                group.cancelAll()
            }
            await spool?.close()
        } onGracefulShutdown: {
            self.startReplay.finish()
        }
    }

    /// A new request is due no earlier than a whole patience from now, so waking that often is enough.
    private func expireRequests() async {
        while !Task.isCancelled {
            let end = ContinuousClock.now + max(deadline, .milliseconds(5))
            let next = state.withLockedValue { $0.ledger.nextDeadline }
            try? await Task.sleep(until: min(next ?? end, end), clock: .continuous)
            change { $0.expire(now: .now) }
        }
    }

    /// Gives a lane's spooled records to Kafka, oldest first, until none is left.
    private func replay(_ lane: Int) async {
        guard let spool else { return }
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(2))
        while true {
            let ids = state.withLockedValue { state in
                state.isClosing ? [] : state.ledger.takeReplay(lane, limit: Self.replayBatch)
            }
            guard !ids.isEmpty else { return }
            let failure = await replay(ids, of: lane, from: spool)
            if let failure {
                logger.debug("kafka does not take spooled events yet", metadata: ["error": "\(failure)"])
                await backoff.pause()
            } else {
                backoff.reset()
            }
        }
    }

    /// Returns why not all have been delivered.
    private func replay(_ ids: [Spool.EntryID], of lane: Int, from spool: Spool) async -> KafkaError? {
        let records = await spool.read(ids)
        var outcomes: [(id: Spool.EntryID, isDelivered: Bool)] = []
        var sent: [(id: Spool.EntryID, message: KafkaOutgoingMessage)] = []
        for (id, record) in zip(ids, records) {
            if let record {
                sent.append((id, record.message))
            } else {
                giveUp(id, from: spool, counting: metrics.corrupt, because: "it cannot be read back")
                outcomes.append((id, true))
            }
        }
        var failure: KafkaError?
        for (entry, result) in zip(sent, await producer.send(sent.map(\.message))) {
            var isDelivered = true
            if case .failure(let error) = result {
                if error.isPermanent {
                    giveUp(entry.id, from: spool, counting: metrics.undeliverable, because: error.description)
                } else {
                    isDelivered = false
                    failure = error
                }
            }
            outcomes.append((entry.id, isDelivered))
        }
        change { $0.replayed(lane, outcomes) }
        return failure
    }

    private func giveUp(
        _ id: Spool.EntryID,
        from spool: Spool,
        counting counter: MetricsRegistry.Counter,
        because reason: String
    ) {
        counter.increment()
        spool.keepAside(id)
        logger.error("a spooled event is lost; its file is kept aside as *.kept", metadata: ["reason": "\(reason)"])
    }
}
