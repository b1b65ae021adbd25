import Kafka
import SeededRandom
import Testing

@testable import Collector

@Suite struct DeliveryLedgerTests {
    @Test(arguments: 0..<400)
    func `whatever fails, acknowledged records arrive, and each key's in order`(seed: Int) {
        var world = World(seed: UInt64(seed))
        for _ in 0..<400 { world.step() }
        world.calmDown()
        for (key, sent) in world.acknowledged {
            #expect(world.firstCopies(of: key) == sent, "seed \(seed), key \(key)")
        }
        #expect(world.ledger.isIdle && world.ledger.spooling == 0, "seed \(seed)")
        #expect(world.spooled.isEmpty, "seed \(seed): everything is released")
        #expect(world.unfinished.isEmpty, "seed \(seed): all memory is given back, once")
    }

    @Test func `the runs above go everywhere`() {
        var (replayed, refused, restarts, failed) = (0, 0, 0, 0)
        for seed in 0..<50 {
            var world = World(seed: UInt64(seed))
            for _ in 0..<400 { world.step() }
            replayed += world.replayed
            refused += world.refusedAppends
            restarts += world.restarts
            failed += world.failedRequests
        }
        #expect(replayed > 500 && refused > 50 && restarts > 50 && failed > 50)
    }
}

/// Clients, a producer, a spool and a log, all in one thread and all unreliable.
///
/// Every key has one client that sends request after request and repeats what was not acknowledged. The producer keeps the
/// order of a lane, may lose its reports, and may give everything back; the spool may refuse; the process may die.
private struct World {
    private struct Sent {
        enum Origin {
            case request(DeliveryLedger.RequestID, Int)
            case replay(Spool.EntryID)
        }

        var origin: Origin
        var message: KafkaOutgoingMessage
    }

    private struct Waiting {
        var key: Int
        var records: [KafkaOutgoingMessage]
    }

    private static let lanes = 3
    private static let keys = 7

    private var random: SeededGenerator
    private(set) var ledger: DeliveryLedger
    private var now = ContinuousClock.now
    private var producer: [[Sent]] = Array(repeating: [], count: lanes)
    private var appends: [DeliveryLedger.Append] = []
    private(set) var spooled: [Spool.EntryID: KafkaOutgoingMessage] = [:]
    private var replaying: [Int: [(id: Spool.EntryID, isDelivered: Bool?)]] = [:]
    private var waiting: [DeliveryLedger.RequestID: Waiting] = [:]
    private var toRepeat: [Int: [KafkaOutgoingMessage]] = [:]
    private var log: [KafkaOutgoingMessage] = []
    private var next = 0
    private var isCalm = false
    private(set) var unfinished: Set<DeliveryLedger.RequestID> = []
    private(set) var acknowledged: [Int: [Int]] = [:]
    private(set) var (replayed, refusedAppends, restarts, failedRequests) = (0, 0, 0, 0)

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed + 1)
        ledger = Self.emptyLedger()
        _ = ledger.beginReplays()
    }

    private static func emptyLedger() -> DeliveryLedger {
        DeliveryLedger(lanes: lanes, hasSpool: true, patience: .seconds(5)) { Int($0.key?.first ?? 0) % lanes }
    }

    func firstCopies(of key: Int) -> [Int] {
        var seen: Set<Int> = []
        return log.filter { $0.key == [UInt8(key)] }.map(Self.number).filter { seen.insert($0).inserted }
    }

    private static func number(_ message: KafkaOutgoingMessage) -> Int {
        (message.value ?? []).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: submit()
        case 30..<55: deliver()
        case 55..<75: write(isStored: Int.random(in: 0..<6, using: &random) > 0)
        case 75..<85: advance()
        case 85..<94: replay()
        case 94..<98: purge()
        default: if Int.random(in: 0..<4, using: &random) == 0 { restart() }
        }
    }

    mutating func calmDown() {
        isCalm = true
        for _ in 0..<10_000 {
            for key in toRepeat.keys.sorted() where !waiting.values.contains(where: { $0.key == key }) { submit(key) }
            deliver()
            write(isStored: true)
            replay()
            if producer.allSatisfy(\.isEmpty) { advance() }
            if ledger.isIdle, ledger.spooling == 0, toRepeat.isEmpty, appends.isEmpty { return }
        }
    }

    // MARK: What can happen

    private mutating func submit() {
        submit(Int.random(in: 0..<Self.keys, using: &random))
    }

    private mutating func submit(_ key: Int) {
        guard !waiting.values.contains(where: { $0.key == key }) else { return }
        let records =
            toRepeat.removeValue(forKey: key)
            ?? (0..<Int.random(in: 1...4, using: &random)).map { _ in
                next += 1
                return KafkaOutgoingMessage(
                    topic: "t",
                    key: [UInt8(key)],
                    value: [UInt8(next >> 16 & 255), UInt8(next >> 8 & 255), UInt8(next & 255)]
                )
            }
        let (id, direct, actions) = ledger.admit(records, now: now)
        waiting[id] = Waiting(key: key, records: records)
        unfinished.insert(id)
        perform(actions)
        var refused: [Int: KafkaError] = [:]
        for index in direct {
            if !refused.isEmpty || (!isCalm && Int.random(in: 0..<40, using: &random) == 0) {
                refused[index] = KafkaError(code: .queueFull, message: "", isRetriable: true)
            } else {
                producer[key % Self.lanes].append(Sent(origin: .request(id, index), message: records[index]))
            }
        }
        if !refused.isEmpty { perform(ledger.refuse(id, refused)) }
    }

    private mutating func deliver() {
        let lane = Int.random(in: 0..<Self.lanes, using: &random)
        for _ in 0..<Int.random(in: 1...6, using: &random) where !producer[lane].isEmpty {
            let sent = producer[lane].removeFirst()
            log.append(sent.message)
            report(sent, lane, nil)
        }
    }

    /// The producer gives everything back; some of it has arrived all the same.
    private mutating func purge() {
        let lost = producer
        producer = Array(repeating: [], count: Self.lanes)
        arriveUnreported(lost)
        for lane in (0..<Self.lanes).shuffled(using: &random) {
            for sent in lost[lane] {
                report(sent, lane, KafkaError(code: .fatal, message: "", isRetriable: true))
            }
        }
    }

    private mutating func arriveUnreported(_ lost: [[Sent]]) {
        for sent in lost { log += sent.prefix(.random(in: 0...sent.count, using: &random)).map(\.message) }
    }

    private mutating func report(_ sent: Sent, _ lane: Int, _ error: KafkaError?) {
        switch sent.origin {
        case .request(let id, let index): perform(ledger.report(id, index, error))
        case .replay(let id):
            guard let place = replaying[lane]?.firstIndex(where: { $0.id == id }) else { return }
            replaying[lane]?[place].isDelivered = error == nil
            finishReplay(lane)
        }
    }

    private mutating func write(isStored: Bool) {
        guard !appends.isEmpty else { return }
        let append = appends.removeFirst()
        if isStored {
            for item in append.items { spooled[item.id] = item.message }
        } else {
            refusedAppends += 1
        }
        perform(ledger.appended(append, isStored: isStored))
    }

    private mutating func advance() {
        now += .seconds(Int.random(in: 1...6, using: &random))
        perform(ledger.expire(now: now))
    }

    private mutating func replay() {
        let lane = Int.random(in: 0..<Self.lanes, using: &random)
        guard replaying[lane]?.isEmpty == true else { return }
        let ids = ledger.takeReplay(lane, limit: 3)
        guard !ids.isEmpty else {
            replaying[lane] = nil
            return
        }
        replayed += ids.count
        replaying[lane] = ids.map { ($0, nil) }
        for id in ids {
            // Replayed records are in the spool by all means.
            guard let message = spooled[id] else { fatalError("a record that is not in the spool is replayed") }
            producer[lane].append(Sent(origin: .replay(id), message: message))
        }
    }

    private mutating func finishReplay(_ lane: Int) {
        guard let outcomes = replaying[lane], outcomes.allSatisfy({ $0.isDelivered != nil }) else { return }
        replaying[lane] = []
        perform(ledger.replayed(lane, outcomes.map { ($0.id, $0.isDelivered == true) }))
    }

    /// `kill -9`: only the log and what the spool has on disk are left; clients repeat what was not answered.
    private mutating func restart() {
        restarts += 1
        arriveUnreported(producer)
        producer = Array(repeating: [], count: Self.lanes)
        for request in waiting.values { toRepeat[request.key] = request.records }
        waiting = [:]
        unfinished = []
        // A group that was being written may be on the disk, as a whole or in part.
        if let half = appends.first {
            for item in half.items.prefix(.random(in: 0...half.items.count, using: &random)) {
                spooled[item.id] = item.message
            }
        }
        appends = []
        replaying = [:]
        ledger = Self.emptyLedger()
        let found = spooled.sorted { $0.key < $1.key }
        spooled = [:]
        for (id, entry) in found.enumerated() {
            spooled[UInt64(id)] = entry.value
            ledger.restore(UInt64(id), entry.value)
        }
        perform(ledger.beginReplays())
    }

    private mutating func perform(_ actions: DeliveryLedger.Actions) {
        appends += actions.appends
        for id in actions.releases { spooled[id] = nil }
        for lane in actions.replays { replaying[lane] = [] }
        for id in actions.finished where unfinished.remove(id) == nil {
            fatalError("a request is finished twice")
        }
        for (id, outcome) in actions.answers {
            guard let request = waiting.removeValue(forKey: id) else { fatalError("a request is answered twice") }
            if outcome == .durable {
                acknowledged[request.key, default: []] += request.records.map(Self.number)
            } else {
                failedRequests += 1
                toRepeat[request.key] = request.records
            }
        }
    }
}
