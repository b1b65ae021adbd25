import Events
import Kafka
import Logging
import NIOConcurrencyHelpers
import Redis
import ServiceSupport
import Sessions
import Stores
import Testing

@testable import ServiceSupport
@testable import StreamProcessor

@Suite("Output by transactions")
struct TransactionalOutputTests {
    private let partition = KafkaTopicPartition(topic: "freshet.events.views", partition: 0)

    @Test func `below the committed offset nothing is emitted, and offsets say up to where the state is written`()
        async throws
    {
        let brokers = Brokers()
        brokers.committed[partition] = KafkaCommitted(offset: 5)
        let output = brokers.output()
        let batch = (3..<8).map { event($0) }
        try await output.emit(batch.map(record), of: batch)
        #expect(brokers.emitted.map(\.value) == (5..<8).map { event($0).value })
        #expect(brokers.committed[partition] == KafkaCommitted(offset: 8, metadata: "3"))
        // Another round over the same batch, as after a conflict.
        try await output.emit(batch.map(record), of: batch)
        #expect(brokers.emitted.count == 3)
        #expect(brokers.transactions == 1)
    }

    @Test func `after a failure the brokers are asked what took effect`() async throws {
        let brokers = Brokers()
        let output = brokers.output()
        let batch = (0..<4).map { event($0) }
        brokers.fates = [.doneButUnanswered]
        await #expect(throws: KafkaTransactionError.self) { try await output.emit(batch.map(record), of: batch) }
        try await output.emit(batch.map(record), of: batch)
        #expect(brokers.emitted.count == 4)
        #expect(brokers.transactions == 1)
    }

    @Test func `a producer that was fenced off stops the group`() async throws {
        let brokers = Brokers()
        brokers.fates = [.fenced]
        let batch = [event(0)]
        await #expect(throws: KafkaConsumptionRefused.self) {
            try await brokers.output().emit(batch.map(record), of: batch)
        }
    }

    @Test(arguments: 1...20)
    func `a crash at any point leaves every event emitted once, and the states what they fold to`(
        seed: UInt64
    )
        async throws
    {
        let events = (0..<300).map { event($0) }
        let calm = try await Simulation(events).run(Faults(seed: seed, rate: 0))
        let rough = Simulation(events)
        let outcome = try await rough.run(Faults(seed: seed, rate: 0.3))
        #expect(outcome.emitted == calm.emitted)
        #expect(outcome.states == calm.states)
        #expect(outcome.states.values.reduce(0) { $0 + $1.processed + $1.duplicates } == 300)
        #expect(outcome.crashes > 0)
    }

    private func record(_ source: KafkaMessage) -> EmittedRecord {
        EmittedRecord(
            source: source,
            message: KafkaOutgoingMessage(topic: "activity", key: source.key, value: source.value)
        )
    }
}

/// An event of one of five users; each seventh is a client's retry, and sessions end now and then.
private func event(_ offset: Int64) -> KafkaMessage {
    let user = "u\(offset % 5)"
    let id = offset % 7 == 6 ? offset - 5 : offset
    let time = 1_700_000_000_000 + offset * 1000 + offset / 40 * 3_600_000
    let json = #"{"eventId":"e\#(id)","type":"page","userId":"\#(user)","timestamp":\#(time)}"#
    return KafkaMessage(
        topic: "freshet.events.views",
        partition: 0,
        offset: offset,
        timestamp: time,
        key: Array(user.utf8),
        value: Array(json.utf8)
    )
}

/// What the brokers hold, and how transactions fare.
///
/// `@unchecked Sendable`: one worker uses it, and that waits for each call.
private final class Brokers: @unchecked Sendable {
    enum Fate { case done, aborted, doneButUnanswered, fenced }

    var emitted: [KafkaOutgoingMessage] = []
    var committed: [KafkaTopicPartition: KafkaCommitted] = [:]
    var transactions = 0
    var fates: [Fate] = []
    var nextFate: () -> Fate = { .done }

    func output(_ emitted: EmittedOffsets = EmittedOffsets()) -> TransactionalOutput {
        TransactionalOutput(
            emitted: emitted,
            transact: { messages, offsets throws(KafkaTransactionError) in try self.transact(messages, offsets) },
            askCommitted: { partitions in
                Dictionary(
                    uniqueKeysWithValues: partitions.map { ($0, self.committed[$0] ?? KafkaCommitted(offset: nil)) }
                )
            },
            note: { "\($1)" }
        )
    }

    private func transact(
        _ messages: [KafkaOutgoingMessage],
        _ offsets: [KafkaTransactionOffset]
    ) throws(KafkaTransactionError) {
        let fate = fates.isEmpty ? nextFate() : fates.removeFirst()
        if fate == .fenced { throw KafkaTransactionError(.fatal, "fenced") }
        if fate == .aborted { throw KafkaTransactionError(.aborted, "aborted") }
        transactions += 1
        emitted += messages
        for offset in offsets {
            committed[offset.partition] = KafkaCommitted(offset: offset.offset, metadata: offset.metadata)
        }
        if fate == .doneButUnanswered { throw KafkaTransactionError(.closed, "no answer") }
    }
}

/// Random faults, the same for the same seed.
private struct Faults {
    private var state: UInt64
    private let rate: Double

    init(seed: UInt64, rate: Double) {
        state = seed &* 0x9E37_79B9_7F4A_7C15
        self.rate = rate
    }

    mutating func number(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    mutating func strikes() -> Bool { Double(number(below: 1000)) < rate * 1000 }
}

/// Writes all, some or none of a batch's states, and may lose the answer.
private struct ShakyStore: FencedStore {
    let store: InMemoryFencedStore<StreamState>
    let faults: NIOLockedValueBox<Faults>

    func load(_ users: [UserKey]) async throws(StoreError) -> [FencedLoadOutcome<StreamState>] {
        try await store.load(users)
    }

    func compareAndSet(_ writes: [FencedWrite<StreamState>]) async throws(StoreError) -> [FencedWriteOutcome] {
        guard faults.withLockedValue({ $0.strikes() }) else { return try await store.compareAndSet(writes) }
        let count = faults.withLockedValue { $0.number(below: writes.count + 1) }
        _ = try await store.compareAndSet(Array(writes.prefix(count)))
        throw StoreError(code: .unavailable, message: "away")
    }
}

/// Runs the worker over a log; what fails is tried again by the same worker or, after a crash, by a new one.
private struct Simulation {
    struct Outcome {
        /// Body and headers, the source's coordinates among them.
        var emitted: [[[UInt8]]] = []
        var states: [UserKey: StreamState] = [:]
        var crashes = 0
    }

    private let log: [KafkaMessage]
    private let partition = KafkaTopicPartition(topic: "freshet.events.views", partition: 0)

    init(_ log: [KafkaMessage]) {
        self.log = log
    }

    func run(_ faults: Faults) async throws -> Outcome {
        let faults = NIOLockedValueBox(faults)
        let brokers = Brokers()
        brokers.nextFate = {
            faults.withLockedValue { faults in
                guard faults.strikes() else { return .done }
                return faults.number(below: 2) == 0 ? .aborted : .doneButUnanswered
            }
        }
        let store = InMemoryFencedStore<StreamState> { $0.fence }
        // Never connected: no event names an item, and the epoch stays what it is.
        let redis = try RedisClient(
            url: RedisURL("redis://127.0.0.1:1"),
            logger: Logger(label: "none") { _ in
                SwiftLogNoOpLogHandler()
            }
        )
        var crashes = 0
        while true {
            let committed = brokers.committed[partition]
            var next = Int(committed?.metadata ?? "") ?? 0
            let worker = worker(ShakyStore(store: store, faults: faults), brokers, redis)
            var hasCrashed = false
            while next < log.count, !hasCrashed {
                let size = 1 + faults.withLockedValue { $0.number(below: 20) }
                let batch = Array(log[next..<min(next + size, log.count)])
                do {
                    try await worker.process(batch)
                    next += batch.count
                } catch {
                    hasCrashed = faults.withLockedValue { $0.number(below: 2) == 0 }
                }
            }
            guard hasCrashed else { break }
            crashes += 1
        }
        await redis.close()
        var states = store.contents
        for user in states.keys { states[user]?.seen.markStored() }
        let emitted = brokers.emitted.map { [$0.value ?? []] + $0.headers.map(\.value) }
        return Outcome(emitted: emitted, states: states, crashes: crashes)
    }

    private func worker(
        _ store: ShakyStore,
        _ brokers: Brokers,
        _ redis: RedisClient
    ) -> EventWorker<ShakyStore> {
        let emitted = EmittedOffsets()
        emitted.assign([partition: brokers.committed[partition] ?? KafkaCommitted(offset: nil)])
        return EventWorker(
            intake: EventIntake(
                topics: TopicNames(),
                topology: StreamTopology(generations: ["freshet.events.views": 1], partitions: 1),
                validator: EventValidator()
            ),
            records: EventRecords(topics: TopicNames()),
            states: FencedWorkingSet(store, remembering: .init(users: 100)) { _ throws(StoreError) in },
            catalog: CatalogStore(redis: redis),
            output: brokers.output(emitted),
            checkpoint: ConsumerCheckpoint(
                redis: redis,
                progress: ProgressStore(redis: redis, group: "g"),
                generations: [:],
                logger: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }
            ),
            policy: SessionPolicy(),
            fencing: .enforced,
            metrics: StreamProcessorMetrics(MetricsRegistry())
        )
    }
}
