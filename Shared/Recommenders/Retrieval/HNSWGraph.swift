internal import CHNSW
internal import Synchronization

/// A finished graph: who is whose neighbour on which level.
struct HNSWGraph: Hashable, Sendable {
    /// How many neighbours a vector has at most above the lowest level; twice as many on it.
    let degree: Int
    /// For each vector the number of its neighbours on the lowest level, and room for all.
    var links: [UInt32]
    /// Where the links of each vector on higher levels begin in ``upperLinks``, and at the end their number.
    var upperOffsets: [UInt32]
    /// For each level above the lowest of a vector the number of its neighbours, and room for all.
    var upperLinks: [UInt32]
    /// Where searches start.
    var entry: UInt32
    /// The highest level, which the entry is on.
    var entryLevel: Int

    var count: Int { upperOffsets.count - 1 }

    /// How many levels a vector is on above the lowest.
    func level(of index: Int) -> Int {
        Int(upperOffsets[index + 1] - upperOffsets[index]) / (degree + 1)
    }

    /// Whether every neighbour exists on its level, so that no search leaves the arrays.
    var isSound: Bool {
        guard count > 0, links.count == count * (2 * degree + 1), upperOffsets.first == 0,
            Int(upperOffsets[count]) == upperLinks.count, Int(entry) < count, (0...64).contains(entryLevel)
        else { return false }
        for index in 0..<count {
            guard upperOffsets[index] <= upperOffsets[index + 1],
                Int(upperOffsets[index + 1] - upperOffsets[index]).isMultiple(of: degree + 1),
                isSound(links[index * (2 * degree + 1)..<(index + 1) * (2 * degree + 1)], level: 0)
            else { return false }
        }
        guard level(of: Int(entry)) == entryLevel else { return false }
        for index in 0..<count {
            for level in 0..<level(of: index) {
                let start = Int(upperOffsets[index]) + level * (degree + 1)
                guard isSound(upperLinks[start...start + degree], level: level + 1) else { return false }
            }
        }
        return true
    }

    private func isSound(_ list: ArraySlice<UInt32>, level: Int) -> Bool {
        guard let number = list.first, Int(number) < list.count else { return false }
        return list.dropFirst().prefix(Int(number)).allSatisfy { neighbour in
            Int(neighbour) < count && (level == 0 || self.level(of: Int(neighbour)) >= level)
        }
    }
}

/// Builds a graph by hnswlib.
///
/// Unchecked because hnswlib locks what several threads add to, and the pointer never changes.
final class HNSWBuilder: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let status = Atomic<UInt32>(0)

    init(count: Int, width: Int, metric: chnsw_metric, parameters: HNSWParameters) throws(RecommenderError) {
        var created: OpaquePointer?
        let status = chnsw_builder_create(count, width, metric, parameters.m, parameters.efConstruction, &created)
        guard status == chnsw_ok, let created else {
            throw RecommenderError(.invalidParameter, "no memory for a graph of \(count) vectors")
        }
        pointer = created
    }

    deinit { chnsw_builder_free(pointer) }

    /// Adds a vector; after a failure nothing is added any more.
    func add(_ vector: [Float], index: Int, level: Int32) {
        guard status.load(ordering: .relaxed) == 0 else { return }
        let result = chnsw_builder_add(pointer, vector, UInt32(index), level)
        if result != chnsw_ok { status.store(result.rawValue, ordering: .relaxed) }
    }

    /// The graph of `levels.count` vectors that were added.
    func graph(levels: [Int32], parameters: HNSWParameters) throws(RecommenderError) -> HNSWGraph {
        let failure = status.load(ordering: .relaxed)
        guard failure == 0 else {
            throw RecommenderError(
                .invalidParameter,
                failure == chnsw_out_of_memory.rawValue ? "no memory for the graph" : "hnswlib failed"
            )
        }
        let degree = parameters.m
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(levels.count + 1)
        for level in levels { offsets.append((offsets.last ?? 0) + UInt32(level) * UInt32(degree + 1)) }
        var links = [UInt32](repeating: 0, count: levels.count * (2 * degree + 1))
        var upper = [UInt32](repeating: 0, count: Int(offsets.last ?? 0))
        var neighbours = [UInt32](repeating: 0, count: 2 * degree)
        for position in 0..<levels.count {
            var index: UInt32 = 0
            let count = chnsw_builder_links(pointer, position, 0, &index, &neighbours)
            let start = Int(index) * (2 * degree + 1)
            links[start] = UInt32(count)
            for place in 0..<count { links[start + 1 + place] = neighbours[place] }
            for level in 0..<Int(levels[Int(index)]) {
                let count = chnsw_builder_links(pointer, position, Int32(level + 1), &index, &neighbours)
                let start = Int(offsets[Int(index)]) + level * (degree + 1)
                upper[start] = UInt32(count)
                for place in 0..<count { upper[start + 1 + place] = neighbours[place] }
            }
        }
        var entry: UInt32 = 0
        var entryLevel: Int32 = 0
        chnsw_builder_entry(pointer, &entry, &entryLevel)
        return HNSWGraph(
            degree: degree,
            links: links,
            upperOffsets: offsets,
            upperLinks: upper,
            entry: entry,
            entryLevel: Int(entryLevel)
        )
    }
}
