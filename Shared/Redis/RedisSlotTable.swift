/// Which master serves which hash slot.
struct RedisSlotTable: Sendable, Equatable {
    /// The masters, each once.
    private(set) var masters: [RedisAddress]
    /// Per slot the index in `masters`; -1 where nobody serves it.
    private var owners: [Int16]
    /// Whether there are slots that nobody serves.
    private var hasUnserved: Bool

    /// One server for all slots.
    init(single: RedisAddress) {
        masters = [single]
        owners = Array(repeating: 0, count: RedisSlot.count)
        hasUnserved = false
    }

    /// The servers of ranges of slots.
    init(_ ranges: [(slots: ClosedRange<Int>, master: RedisAddress)]) {
        masters = Set(ranges.map(\.master)).sorted()
        owners = Array(repeating: -1, count: RedisSlot.count)
        for (slots, master) in ranges {
            let index = Int16(masters.firstIndex(of: master) ?? -1)
            for slot in slots.clamped(to: 0...RedisSlot.count - 1) { owners[slot] = index }
        }
        hasUnserved = owners.contains { $0 < 0 }
    }

    /// The index of the master that serves `slot`.
    func owner(of slot: Int) -> Int? {
        let owner = owners[slot]
        return owner < 0 ? nil : Int(owner)
    }

    /// The number of slots that nobody serves.
    var unservedCount: Int { owners.count { $0 < 0 } }

    /// Gives `slot` to `master`, which may be new.
    mutating func move(_ slot: Int, to master: RedisAddress) {
        owners[slot] = Int16(add(master))
        hasUnserved = owners.contains { $0 < 0 }
    }

    /// Makes sure that `master` is there, perhaps without a slot, and returns its index.
    @discardableResult
    mutating func add(_ master: RedisAddress) -> Int {
        if let index = masters.firstIndex(of: master) { return index }
        masters.append(master)
        return masters.count - 1
    }

    /// Splits the commands at `indices` by the master that serves them.
    ///
    /// Commands without a key go with the first that has one, alone to the master of the first served slot.
    func groups(of pipeline: RedisPipeline, at indices: [Int]) -> (byMaster: [Int: [Int]], unserved: [Int]) {
        // Where one master serves all there is nothing to look up for each.
        if masters.count == 1, !hasUnserved { return (indices.isEmpty ? [:] : [0: indices], []) }
        var byMaster: [Int: [Int]] = [:]
        var unserved: [Int] = []
        let anySlot = indices.lazy.compactMap { pipeline.slot(at: $0) }.first
        let anywhere = anySlot.flatMap(owner(of:)) ?? owners.first { $0 >= 0 }.map(Int.init)
        for index in indices {
            if let owner = pipeline.slot(at: index).map(owner(of:)) ?? anywhere {
                byMaster[owner, default: []].append(index)
            } else {
                unserved.append(index)
            }
        }
        return (byMaster, unserved)
    }
}
