/// How much speaks for one item after another: a sparse matrix of items by items that grows.
///
/// Sums are integers, multiples of 2⁻³²: the order in which transitions come in has no effect on them.
struct TransitionSums: Hashable, Sendable {
    /// A transition and its weight.
    struct Transition: Sendable {
        var from: Int32
        var to: Int32
        var weight: Int64

        init(from: Int, to: Int, weight: Double) {
            self.from = Int32(truncatingIfNeeded: from)
            self.to = Int32(truncatingIfNeeded: to)
            self.weight = TransitionSums.sum(of: weight)
        }
    }

    /// Where each item's transitions begin, and at the end where the last one's end.
    private(set) var offsets: [Int]
    /// What comes after, ascending for each item.
    private(set) var next: [Int32] = []
    private var sums: [Int64] = []
    /// The sum of all transitions from each item.
    private var totals: [Int64]

    private static let unit = 0x1p32

    init(itemCount: Int) {
        offsets = [Int](repeating: 0, count: itemCount + 1)
        totals = [Int64](repeating: 0, count: itemCount)
    }

    var itemCount: Int { totals.count }

    /// Where the transitions from an item stand in ``next``.
    @inline(__always)
    func range(of item: Int) -> Range<Int> { offsets[item]..<offsets[item + 1] }

    /// Adds the sums of all transitions from an item, each times `weight`, to those of the items they lead to.
    @inline(__always)
    func add(from item: Int, times weight: Double, to adder: inout ItemSums<Double>.Adder) {
        let factor = weight / Self.unit
        next.withUnsafeBufferPointer { next in
            sums.withUnsafeBufferPointer { sums in
                for position in range(of: item) { adder.add(factor * Double(sums[position]), to: Int(next[position])) }
            }
        }
    }

    /// The sum of all transitions from an item.
    func total(of item: Int) -> Double { Double(totals[item]) / Self.unit }

    /// Adds transitions, in time proportional to them and to the matrix.
    mutating func add(_ transitions: [Transition], itemCount: Int) {
        let itemCount = max(itemCount, self.itemCount)
        totals.append(contentsOf: repeatElement(0, count: itemCount - totals.count))
        offsets.append(contentsOf: repeatElement(next.count, count: itemCount + 1 - offsets.count))
        let added = Self.grouped(transitions, itemCount: itemCount)
        var merged = TransitionSums(itemCount: itemCount)
        merged.next.reserveCapacity(next.count + transitions.count)
        merged.sums.reserveCapacity(next.count + transitions.count)
        for item in 0..<itemCount {
            var known = range(of: item)
            for transition in added.transitions[added.offsets[item]..<added.offsets[item + 1]] {
                while let position = known.first, next[position] <= transition.to {
                    merged.append(next[position], sums[position])
                    known.removeFirst()
                }
                merged.append(transition.to, transition.weight, mergingFrom: merged.offsets[item])
            }
            for position in known { merged.append(next[position], sums[position]) }
            merged.offsets[item + 1] = merged.next.count
            merged.totals[item] = merged.sums[merged.offsets[item]...].reduce(0, &+)
        }
        self = merged
    }

    /// Multiplies all sums by a factor from 0 to 1.
    mutating func scale(by factor: Double) {
        for position in sums.indices { sums[position] = Int64((Double(sums[position]) * factor).rounded()) }
        for item in totals.indices { totals[item] = sums[range(of: item)].reduce(0, &+) }
    }

    private mutating func append(_ item: Int32, _ sum: Int64) {
        next.append(item)
        sums.append(sum)
    }

    private mutating func append(_ item: Int32, _ sum: Int64, mergingFrom start: Int) {
        if next.count > start, next[next.count - 1] == item {
            sums[sums.count - 1] &+= sum
        } else {
            append(item, sum)
        }
    }

    /// By item they come from, and for each by item they go to.
    private static func grouped(
        _ transitions: [Transition],
        itemCount: Int
    ) -> (offsets: [Int], transitions: [Transition]) {
        var offsets = [Int](repeating: 0, count: itemCount + 1)
        for transition in transitions { offsets[Int(transition.from) + 1] += 1 }
        for item in 0..<itemCount { offsets[item + 1] += offsets[item] }
        var free = offsets
        var grouped = transitions
        for transition in transitions {
            grouped[free[Int(transition.from)]] = transition
            free[Int(transition.from)] += 1
        }
        for item in 0..<itemCount { grouped[offsets[item]..<offsets[item + 1]].sort { $0.to < $1.to } }
        return (offsets, grouped)
    }

    /// How many transitions each item has, then all of them, then their sums.
    func write(to writer: inout ByteWriter) {
        writer.write((0..<itemCount).map { Int32(truncatingIfNeeded: range(of: $0).count) })
        writer.write(next)
        for sum in sums { writer.write(sum) }
    }

    /// Reads what ``write(to:)`` wrote; transitions are ascending for each item and lead to items that there are.
    init(reading reader: inout ByteReader) throws(RecommenderError) {
        let counts = try reader.readIntegers()
        let next = try reader.readIntegers()
        self.init(itemCount: counts.count)
        sums.reserveCapacity(next.count)
        for _ in next { sums.append(try reader.read(Int64.self)) }
        for (item, count) in counts.enumerated() {
            let start = offsets[item]
            let (end, isBeyond) = start.addingReportingOverflow(Int(count))
            guard count >= 0, !isBeyond, end <= next.count,
                next[start..<end].allSatisfy({ $0 >= 0 && $0 < counts.count }),
                zip(next[start..<end], next[start..<end].dropFirst()).allSatisfy({ $0 < $1 }),
                sums[start..<end].allSatisfy({ $0 >= 0 && $0 < 1 << 53 })
            else { throw RecommenderError(.damagedArtefact, "rules contradict each other") }
            offsets[item + 1] = end
            totals[item] = sums[start..<end].reduce(0, &+)
        }
        guard offsets[counts.count] == next.count else {
            throw RecommenderError(.damagedArtefact, "rules contradict each other")
        }
        self.next = next
    }

    private static func sum(of weight: Double) -> Int64 { Int64((weight * unit).rounded()) }
}
