/// The spooled records of one lane: keys of one partition number, whose order is to be kept.
///
/// While a lane spools, nothing of it goes to the producer but from the head of the spool. Some of its records may be with
/// the producer already (`handed`): those that were sent before the lane turned, or the batch that is being replayed. What
/// is behind them waits until each of them is known to have arrived or failed.
struct Lane: Sendable {
    typealias EntryID = Spool.EntryID

    /// A record that is with the producer and in the spool, or on its way there.
    private struct Handed: Sendable {
        let id: EntryID
        /// `nil` while the spool writes.
        var isStored: Bool?
        /// `nil` while the producer has it.
        var isDelivered: Bool?

        var isResolved: Bool { isStored != nil && isDelivered != nil }
    }

    private(set) var isSpooling = false
    /// A task replays this lane now.
    var isReplaying = false
    /// With the producer; ids ascend.
    private var handed: [Handed] = []
    private var unresolved = 0
    /// Being written to the spool.
    private var storing: [EntryID] = []
    /// In the spool only.
    private var waiting = EntryQueue()

    /// From now on records go to the spool.
    mutating func turn() {
        isSpooling = true
    }

    /// A record that the spool held at the start.
    mutating func restore(_ id: EntryID) {
        isSpooling = true
        waiting.append(id)
    }

    /// A record that goes to the spool and is not with the producer.
    mutating func store(_ id: EntryID) {
        storing.append(id)
    }

    /// A record that goes to the spool and was given to the producer; `isDelivered` is false if it has come back.
    mutating func storeHanded(_ id: EntryID, isDelivered: Bool?) {
        handed.append(Handed(id: id, isStored: nil, isDelivered: isDelivered))
        unresolved += 1
    }

    /// The spool has written a record, or could not; returns whether it can be released already.
    mutating func wasStored(_ id: EntryID, _ isStored: Bool) -> Bool {
        if let index = index(of: id) {
            handed[index].isStored = isStored
            return resolved(index) && isStored && handed[index].isDelivered == true
        }
        // Groups are written in the order in which they were asked for.
        if storing.first == id { storing.removeFirst() } else { storing.removeAll { $0 == id } }
        if isStored { waiting.append(id) }
        return false
    }

    /// The delivery report of a handed record; returns whether it can be released.
    mutating func wasReported(_ id: EntryID, isDelivered: Bool) -> Bool {
        guard let index = index(of: id), handed[index].isDelivered == nil else { return false }
        handed[index].isDelivered = isDelivered
        return resolved(index) && isDelivered && handed[index].isStored == true
    }

    /// Whether the producer has given a handed record back.
    func hasReturned(_ id: EntryID) -> Bool {
        index(of: id).map { handed[$0].isDelivered == false } ?? false
    }

    /// When nothing is with the producer any more: failed records go back to the head, and a drained lane opens.
    mutating func settle() {
        guard unresolved == 0 else { return }
        waiting.prepend(handed.filter { $0.isStored == true && $0.isDelivered == false }.map(\.id))
        handed = []
        if waiting.isEmpty, storing.isEmpty { isSpooling = false }
    }

    /// Whether there is something to replay and nothing in front of it.
    var canReplay: Bool { handed.isEmpty && !waiting.isEmpty }

    /// The next records for the producer, oldest first.
    mutating func takeReplay(_ limit: Int) -> [EntryID] {
        let ids = waiting.take(limit)
        handed = ids.map { Handed(id: $0, isStored: true, isDelivered: nil) }
        unresolved = ids.count
        return ids
    }

    private mutating func resolved(_ index: Int) -> Bool {
        guard handed[index].isResolved else { return false }
        unresolved -= 1
        return true
    }

    private func index(of id: EntryID) -> Int? {
        var low = 0
        var high = handed.count
        while low < high {
            let middle = (low + high) / 2
            if handed[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < handed.count && handed[low].id == id ? low : nil
    }
}

/// Ids in order, taken from the front: eight bytes a record, however long the queue.
struct EntryQueue: Sendable {
    private var ids: [Spool.EntryID] = []
    private var head = 0

    var isEmpty: Bool { head == ids.count }

    mutating func append(_ id: Spool.EntryID) {
        ids.append(id)
    }

    mutating func prepend(_ front: [Spool.EntryID]) {
        guard !front.isEmpty else { return }
        ids.replaceSubrange(..<head, with: front)
        head = 0
    }

    mutating func take(_ limit: Int) -> [Spool.EntryID] {
        let end = min(ids.count, head + limit)
        defer {
            head = end
            if head > 1_024, head > ids.count / 2 {
                ids.removeFirst(head)
                head = 0
            }
        }
        return Array(ids[head..<end])
    }
}
