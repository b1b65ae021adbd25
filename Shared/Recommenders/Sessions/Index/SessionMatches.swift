/// The newest past sessions that share items with an open one, in memory that is reused.
///
/// The sessions of each clicked item are ascending numbers, so a merge from their ends meets the sessions newest first, each
/// once, and stops after as many as are wanted: no set, no heap, nothing older is touched.
struct SessionMatches: Sendable {
    /// A past session that shares items with the open one.
    struct Match: Sendable {
        var session: Int32 = 0
        /// The sum over the shared items.
        var similarity: Float = 0
        /// The largest of the shared items.
        var closeness: Float = 0
    }

    private struct Cursor {
        var position = 0
        var first = 0
        var similarity: Float
        var closeness: Float
    }

    /// The clicked items.
    private(set) var items: [Int32] = []
    /// The first ``count`` are matches, newest first.
    private(set) var matches: [Match] = []
    private(set) var count = 0
    private var cursors: [Cursor] = []
    /// For each cursor the newest session not yet looked at, −1 at the end; then −1 up to a multiple of eight.
    private var heads: [Int32] = []

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        cursors.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Adds a clicked item with what it gives to the sessions that share it; a repeated one is ignored.
    mutating func add(_ item: Int, similarity: Float, closeness: Float) {
        let item = Int32(truncatingIfNeeded: item)
        if items.contains(item) { return }
        items.append(item)
        cursors.append(Cursor(similarity: similarity, closeness: closeness))
    }

    /// Finds the newest `limit` sessions that share any of the items.
    mutating func find(in index: SessionIndex, limit: Int) {
        count = 0
        if matches.count < limit { matches = [Match](repeating: Match(), count: limit) }
        heads.removeAll(keepingCapacity: true)
        for number in cursors.indices {
            let range = index.postings.range(of: Int(items[number]))
            cursors[number].first = range.lowerBound
            cursors[number].position = range.upperBound - 1
            heads.append(range.isEmpty ? -1 : index.postings.values[range.upperBound - 1])
        }
        while !heads.count.isMultiple(of: 8) { heads.append(-1) }
        index.postings.values.withUnsafeBufferPointer { postings in
            matches.withUnsafeMutableBufferPointer { matches in
                cursors.withUnsafeMutableBufferPointer { cursors in
                    heads.withUnsafeMutableBufferPointer { heads in
                        count = Self.merge(cursors, heads, of: postings, into: matches, limit: limit)
                    }
                }
            }
        }
    }

    private static func merge(
        _ cursors: UnsafeMutableBufferPointer<Cursor>,
        _ heads: UnsafeMutableBufferPointer<Int32>,
        of postings: UnsafeBufferPointer<Int32>,
        into matches: UnsafeMutableBufferPointer<Match>,
        limit: Int
    ) -> Int {
        var count = 0
        while count < limit {
            var newest: Int32 = -1
            for head in heads { newest = max(newest, head) }
            guard newest >= 0 else { break }
            var match = Match(session: newest)
            for number in cursors.indices where heads[number] == newest {
                match.similarity += cursors[number].similarity
                match.closeness = max(match.closeness, cursors[number].closeness)
                let position = cursors[number].position - 1
                cursors[number].position = position
                heads[number] = position >= cursors[number].first ? postings[position] : -1
            }
            matches[count] = match
            count += 1
        }
        return count
    }
}
