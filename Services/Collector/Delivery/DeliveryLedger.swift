import Kafka

/// Keeps the books of every record under way: with the producer, in the spool, or both; decides, and does no I/O.
///
/// The rule that it keeps: within a lane, records reach Kafka in the order in which they were admitted. While a lane is
/// open its records go to the producer, which keeps order by itself. When one of them is not acknowledged in time, or comes
/// back, the lane turns: all of its records that are with the producer go to the spool as well, in order, and whatever
/// comes after them goes to the spool only. Those with the producer may still be delivered; a report of success releases
/// them from the spool, a failure lets them be replayed. Nothing behind them is replayed before each of them is resolved.
struct DeliveryLedger: Sendable {
    typealias RequestID = UInt64
    typealias EntryID = Spool.EntryID

    /// How a request ends.
    enum Outcome: Hashable, Sendable {
        /// Kafka or the spool has every record.
        case durable
        /// Not all records are known to be anywhere safe.
        case failed(Failure)
    }

    /// Why a request's records are not durable.
    enum Failure: Hashable, Sendable {
        /// Kafka has not acknowledged in time.
        case unacknowledged
        /// The producer's queue is full and there is no spool.
        case queueFull
        /// The spool cannot take more.
        case spoolFull
    }

    /// What is to be done outside.
    struct Actions: Sendable {
        var answers: [(RequestID, Outcome)] = []
        /// Requests whose bytes are no longer held here.
        var finished: [RequestID] = []
        var appends: [Append] = []
        var releases: [EntryID] = []
        var replays: [Int] = []
        /// Whether lanes began to spool where none did, or the last one was drained.
        var spooling: Bool?
    }

    /// Records that the spool is to write, all or none.
    struct Append: Sendable {
        struct Item: Sendable {
            var id: EntryID
            var request: RequestID
            var index: Int
            var lane: Int
            var message: KafkaOutgoingMessage
        }

        var items: [Item] = []
    }

    /// Where a record of a request is.
    private enum Place: UInt8, Sendable {
        /// With the producer only.
        case sent
        /// Being written to the spool.
        case storing
        /// With the producer; the spool could not take it.
        case unstorable
        case delivered, stored, failed

        var isOpen: Bool { self == .sent || self == .storing || self == .unstorable }
    }

    private struct Request: Sendable {
        var records: [KafkaOutgoingMessage]
        var places: [Place]
        /// By record, once they are needed.
        var lanes: [Int] = []
        /// The spool's ids of records that are with the producer as well.
        var entries: [Int: EntryID] = [:]
        /// Records whose place can still change.
        var open: Int
        /// Records with the producer.
        var unreported = 0
        var deadline: ContinuousClock.Instant
        var isOverdue = false
        var isAnswered = false

        /// The usual case, in place; returns whether it was the last record.
        mutating func deliver(_ index: Int) -> Bool {
            places[index] = .delivered
            open -= 1
            unreported -= 1
            return open == 0
        }
    }

    /// What the spool is asked to do on a failure, or nothing.
    let hasSpool: Bool
    private let patience: Duration
    /// How long a request then waits for the disk, at least.
    private static let diskPatience = Duration.seconds(5)
    private let laneOf: @Sendable (KafkaOutgoingMessage) -> Int
    private var lanes: [Lane]
    private var requests: [RequestID: Request] = [:]
    private var nextRequest: RequestID = 0
    private var nextEntry: EntryID = 0
    private var spoolingLanes = 0
    /// Replays wait until Kafka has been seen once.
    private var mayReplay = false

    /// `patience` is how long a request waits for Kafka.
    init(
        lanes count: Int,
        hasSpool: Bool,
        patience: Duration,
        laneOf: @escaping @Sendable (KafkaOutgoingMessage) -> Int
    ) {
        self.hasSpool = hasSpool
        self.patience = patience
        self.laneOf = laneOf
        lanes = Array(repeating: Lane(), count: count)
    }

    /// Requests whose memory is still held.
    var isIdle: Bool { requests.isEmpty }
    /// How many lanes spool now.
    var spooling: Int { spoolingLanes }

    // MARK: Start

    /// A record that the spool held at the start; ids ascend.
    mutating func restore(_ id: EntryID, _ message: KafkaOutgoingMessage) {
        let lane = laneOf(message)
        if !lanes[lane].isSpooling { spoolingLanes += 1 }
        lanes[lane].restore(id)
        nextEntry = id + 1
    }

    /// Kafka can be reached: what waits is replayed from now on.
    mutating func beginReplays() -> Actions {
        guard !mayReplay else { return Actions() }
        mayReplay = true
        var actions = Actions()
        for lane in lanes.indices { settle(lane, &actions) }
        return actions
    }

    // MARK: Requests

    /// Takes a request's records in; returns the places of those that go to the producer, now and in this order.
    mutating func admit(
        _ records: [KafkaOutgoingMessage],
        now: ContinuousClock.Instant
    ) -> (id: RequestID, direct: [Int], actions: Actions) {
        let id = nextRequest
        nextRequest += 1
        var actions = Actions()
        var request = Request(
            records: records,
            places: Array(repeating: .sent, count: records.count),
            open: records.count,
            deadline: now + patience
        )
        var direct = Array(records.indices)
        if spoolingLanes > 0 {
            request.lanes = records.map(laneOf)
            var append = Append()
            direct.removeAll { index in
                let lane = request.lanes[index]
                guard lanes[lane].isSpooling else { return false }
                request.places[index] = .storing
                lanes[lane].store(nextEntry)
                append.items.append(
                    Append.Item(id: nextEntry, request: id, index: index, lane: lane, message: records[index])
                )
                nextEntry += 1
                return true
            }
            if !append.items.isEmpty { actions.appends.append(append) }
        }
        request.unreported = direct.count
        requests[id] = request
        review(id, &actions)
        return (id, direct, actions)
    }

    /// The producer did not take these, given by place.
    mutating func refuse(_ id: RequestID, _ refusals: [Int: KafkaError]) -> Actions {
        var actions = Actions()
        var turning: Set<Int> = []
        for (index, error) in refusals.sorted(by: { $0.key < $1.key }) {
            failed(id, index, error, turning: &turning, &actions)
        }
        turn(turning, &actions)
        review(id, &actions)
        return actions
    }

    /// A delivery report.
    mutating func report(_ id: RequestID, _ index: Int, _ error: KafkaError?) -> Actions {
        var actions = Actions()
        guard let position = requests.index(forKey: id) else { return actions }
        let place = requests.values[position].places[index]
        if error == nil, place == .sent {
            if requests.values[position].deliver(index) { review(id, &actions) }
            return actions
        }
        guard let error else {
            requests[id]?.unreported -= 1
            if place.isOpen { close(id, index, as: .delivered, &actions) }
            resolve(id, index, isDelivered: true, &actions)
            review(id, &actions)
            return actions
        }
        var turning: Set<Int> = []
        failed(id, index, error, turning: &turning, &actions)
        turn(turning, &actions)
        review(id, &actions)
        return actions
    }

    /// Lets the lanes of requests turn that have waited long enough, and gives up those for which the spool is no help.
    mutating func expire(now: ContinuousClock.Instant) -> Actions {
        var actions = Actions()
        var turning: Set<Int> = []
        let late = requests.filter { !$0.value.isAnswered && $0.value.deadline <= now }.keys.sorted()
        for id in late {
            guard hasSpool, requests[id]?.isOverdue == false else {
                answer(id, .failed(.unacknowledged), &actions)
                continue
            }
            requests[id]?.isOverdue = true
            requests[id]?.deadline = now + max(patience, Self.diskPatience)
            learnLanes(of: id)
            guard let request = requests[id] else { continue }
            for (index, place) in request.places.enumerated() {
                if place == .sent { turning.insert(request.lanes[index]) }
                if place == .unstorable { answer(id, .failed(.spoolFull), &actions) }
            }
        }
        turn(turning, &actions)
        for id in late { review(id, &actions) }
        return actions
    }

    /// When ``expire(now:)`` is due, if anybody waits.
    var nextDeadline: ContinuousClock.Instant? {
        requests.values.lazy.filter { !$0.isAnswered }.map(\.deadline).min()
    }

    // MARK: Spool

    /// The spool has written what it was asked to, or could not.
    mutating func appended(_ append: Append, isStored: Bool) -> Actions {
        var actions = Actions()
        for item in append.items {
            let isHanded = requests[item.request]?.entries[item.index] != nil
            let hasReturned = lanes[item.lane].hasReturned(item.id)
            if requests[item.request]?.places[item.index] == .storing {
                if isStored {
                    close(item.request, item.index, as: .stored, &actions)
                } else if isHanded, !hasReturned {
                    requests[item.request]?.places[item.index] = .unstorable
                    if requests[item.request]?.isOverdue == true {
                        answer(item.request, .failed(.spoolFull), &actions)
                    }
                } else {
                    close(item.request, item.index, as: .failed, &actions)
                    answer(item.request, .failed(.spoolFull), &actions)
                }
            }
            if lanes[item.lane].wasStored(item.id, isStored) { actions.releases.append(item.id) }
        }
        for lane in Set(append.items.map(\.lane)).sorted() { settle(lane, &actions) }
        for id in Set(append.items.map(\.request)).sorted() { review(id, &actions) }
        return actions
    }

    /// The next records of a lane to give to the producer; empty when the replay is over for now.
    mutating func takeReplay(_ lane: Int, limit: Int) -> [EntryID] {
        guard lanes[lane].canReplay else {
            lanes[lane].isReplaying = false
            return []
        }
        return lanes[lane].takeReplay(limit)
    }

    /// What became of a replayed batch; the task goes on with ``takeReplay(_:limit:)``.
    mutating func replayed(_ lane: Int, _ outcomes: [(id: EntryID, isDelivered: Bool)]) -> Actions {
        var actions = Actions()
        for outcome in outcomes
        where lanes[lane].wasReported(outcome.id, isDelivered: outcome.isDelivered) {
            actions.releases.append(outcome.id)
        }
        settle(lane, &actions)
        return actions
    }

    // MARK: Rules

    /// A record that the producer has given back, or never took.
    private mutating func failed(
        _ id: RequestID,
        _ index: Int,
        _ error: KafkaError,
        turning: inout Set<Int>,
        _ actions: inout Actions
    ) {
        guard let place = requests[id]?.places[index] else { return }
        requests[id]?.unreported -= 1
        switch place {
        case .sent where hasSpool && !error.isPermanent:
            learnLanes(of: id)
            guard let lane = requests[id]?.lanes[index] else { return }
            requests[id]?.entries[index] = Self.returned
            turning.insert(lane)
        case .sent, .unstorable:
            close(id, index, as: .failed, &actions)
            answer(id, .failed(error.code == .queueFull ? .queueFull : .unacknowledged), &actions)
            resolve(id, index, isDelivered: false, &actions)
        case .storing, .stored:
            resolve(id, index, isDelivered: false, &actions)
        case .delivered, .failed: break
        }
    }

    /// Marks a record that has come back before its lane turned.
    private static let returned = EntryID.max

    /// From now on these lanes spool; what the producer has of them goes to the spool as well, in the order of admission.
    private mutating func turn(_ turning: Set<Int>, _ actions: inout Actions) {
        guard !turning.isEmpty else { return }
        var append = Append()
        for lane in turning where !lanes[lane].isSpooling {
            lanes[lane].turn()
            spoolingLanes += 1
            if spoolingLanes == 1 { actions.spooling = true }
        }
        for id in requests.keys.sorted() where requests[id]?.places.contains(.sent) == true {
            learnLanes(of: id)
            guard let request = requests[id] else { continue }
            for (index, place) in request.places.enumerated() {
                let lane = request.lanes[index]
                guard place == .sent, turning.contains(lane) else { continue }
                let hasReturned = request.entries[index] == Self.returned
                lanes[lane].storeHanded(nextEntry, isDelivered: hasReturned ? false : nil)
                requests[id]?.places[index] = .storing
                requests[id]?.entries[index] = nextEntry
                append.items.append(
                    Append.Item(id: nextEntry, request: id, index: index, lane: lane, message: request.records[index])
                )
                nextEntry += 1
            }
        }
        if !append.items.isEmpty { actions.appends.append(append) }
    }

    /// Tells the lane what became of a record that the producer and the spool had both.
    private mutating func resolve(_ id: RequestID, _ index: Int, isDelivered: Bool, _ actions: inout Actions) {
        guard let request = requests[id], let entry = request.entries[index], entry != Self.returned else { return }
        let lane = request.lanes[index]
        if lanes[lane].wasReported(entry, isDelivered: isDelivered) { actions.releases.append(entry) }
        settle(lane, &actions)
    }

    private mutating func settle(_ lane: Int, _ actions: inout Actions) {
        guard lanes[lane].isSpooling else { return }
        lanes[lane].settle()
        if !lanes[lane].isSpooling {
            spoolingLanes -= 1
            if spoolingLanes == 0 { actions.spooling = false }
        } else if mayReplay, lanes[lane].canReplay, !lanes[lane].isReplaying {
            lanes[lane].isReplaying = true
            actions.replays.append(lane)
        }
    }

    private mutating func learnLanes(of id: RequestID) {
        guard let request = requests[id], request.lanes.isEmpty else { return }
        requests[id]?.lanes = request.records.map(laneOf)
    }

    private mutating func close(_ id: RequestID, _ index: Int, as place: Place, _ actions: inout Actions) {
        requests[id]?.places[index] = place
        requests[id]?.open -= 1
    }

    private mutating func answer(_ id: RequestID, _ outcome: Outcome, _ actions: inout Actions) {
        guard requests[id]?.isAnswered == false else { return }
        requests[id]?.isAnswered = true
        actions.answers.append((id, outcome))
    }

    /// Answers and forgets a request when it is time to.
    private mutating func review(_ id: RequestID, _ actions: inout Actions) {
        guard let request = requests[id], request.open == 0 else { return }
        answer(id, .durable, &actions)
        if !request.records.isEmpty || request.places.isEmpty {
            requests[id]?.records = []
            actions.finished.append(id)
        }
        if request.unreported == 0 { requests[id] = nil }
    }
}

extension KafkaError {
    /// Whether no later attempt can succeed: the record itself is refused.
    var isPermanent: Bool {
        switch code {
        case .messageTooLarge: true
        // INVALID_RECORD: the broker's own check of the record.
        case .broker(87): true
        default: false
        }
    }
}
