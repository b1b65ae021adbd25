import Glibc

/// The working memory of one VMIS-kNN prediction, reused from one to the next.
struct VMISKNNScratch: Sendable {
    /// A past session that shares items with the open one.
    struct Match: Sendable {
        var session: Int32
        /// The sum of decays, without the common divisor.
        var similarity: Int16
        /// 10 · max(0, 1 − .1 · p) for the place p of the last shared click from the end.
        var closeness: Int16
    }

    /// One clicked item with the sessions that contain it.
    struct Cursor: Sendable {
        /// The newest session not yet looked at, −1 at the end.
        var head: Int32 = -1
        var position = 0
        var first = 0
        var decay: Int16 = 0
        var closeness: Int16 = 0
    }

    /// The clicked items, the last one first.
    private var clicked: [Int32] = []
    private var cursors: [Cursor] = []
    /// Matches, newest first.
    private var matches: [Match] = []
    private var matchCount = 0
    private var similarityCounts: [Int32] = []
    private var neighbours: [Match] = []
    private var neighbourCount = 0
    /// The sum of each item, all zero between predictions.
    private var sums: [Int32] = []
    /// The items whose sum is not zero.
    private var touched: [Int32] = []
    private var touchedCount = 0
    /// What the sums have to be divided by.
    private var divisor: Float = 1

    mutating func prepare(itemCount: Int, parameters: VMISKNNParameters) {
        if sums.count < itemCount {
            sums = [Int32](repeating: 0, count: itemCount)
            touched = [Int32](repeating: 0, count: itemCount + 1)
        }
    }

    /// Takes the distinct items of the last clicks, with the decay of the last click on each.
    mutating func setClicks(_ session: [Int], parameters: VMISKNNParameters) {
        clicked.removeAll(keepingCapacity: true)
        cursors.removeAll(keepingCapacity: true)
        let last = session.suffix(parameters.lastClicks)
        for (position, item) in last.reversed().enumerated() {
            let item = Int32(truncatingIfNeeded: item)
            if clicked.contains(item) { continue }
            clicked.append(item)
            var cursor = Cursor()
            cursor.decay = Int16(last.count - position)
            cursor.closeness = Int16(max(0, 10 - (position + 1)))
            cursors.append(cursor)
        }
        divisor = 10 * Float(max(1, clicked.count))
        let highest = last.count * (last.count + 1) / 2
        similarityCounts.removeAll(keepingCapacity: true)
        similarityCounts.append(contentsOf: repeatElement(0, count: highest + 1))
    }

    /// Merges the sessions of the clicked items, newest first, up to m; keeps the k most similar.
    mutating func findNeighbours(in index: SessionIndex, parameters: VMISKNNParameters) {
        let most = parameters.recentSessions
        if matches.count < most {
            matches = [Match](repeating: Match(session: 0, similarity: 0, closeness: 0), count: most)
        }
        matchCount = 0
        let cursorCount = cursors.count
        index.postings.values.withUnsafeBufferPointer { postings in
            for number in 0..<cursorCount {
                let range = index.postings.range(of: Int(clicked[number]))
                cursors[number].first = range.lowerBound
                cursors[number].position = range.upperBound - 1
                cursors[number].head = range.isEmpty ? -1 : postings[range.upperBound - 1]
            }
            cursors.withUnsafeMutableBufferPointer { cursors in
                matches.withUnsafeMutableBufferPointer { matches in
                    similarityCounts.withUnsafeMutableBufferPointer { counts in
                        while matchCount < most {
                            var newest: Int32 = -1
                            for cursor in cursors { newest = max(newest, cursor.head) }
                            guard newest >= 0 else { return }
                            var match = Match(session: newest, similarity: 0, closeness: 0)
                            for number in cursors.indices where cursors[number].head == newest {
                                match.similarity &+= cursors[number].decay
                                match.closeness = max(match.closeness, cursors[number].closeness)
                                cursors[number].position -= 1
                                let position = cursors[number].position
                                cursors[number].head = position >= cursors[number].first ? postings[position] : -1
                            }
                            counts[Int(match.similarity)] &+= 1
                            matches[matchCount] = match
                            matchCount += 1
                        }
                    }
                }
            }
        }
        selectNeighbours(parameters.neighbours)
    }

    /// The most similar matches, newer ones first among equals: all above a similarity, and the newest of that one.
    private mutating func selectNeighbours(_ most: Int) {
        var wanted = min(most, matchCount)
        var lowest = similarityCounts.count - 1
        while lowest > 0, Int(similarityCounts[lowest]) <= wanted {
            wanted -= Int(similarityCounts[lowest])
            lowest -= 1
        }
        // `wanted` of similarity `lowest` are left, and all above.
        if neighbours.count < most + 1 {
            neighbours = [Match](repeating: Match(session: 0, similarity: 0, closeness: 0), count: most + 1)
        }
        var count = 0
        var left = wanted
        for number in 0..<matchCount {
            let match = matches[number]
            if Int(match.similarity) > lowest {
                neighbours[count] = match
                count += 1
            } else if Int(match.similarity) == lowest, left > 0 {
                neighbours[count] = match
                count += 1
                left -= 1
            }
        }
        neighbourCount = count
    }

    /// Adds up what the neighbours give to their items.
    mutating func score(_ index: SessionIndex) {
        var count = 0
        neighbours.withUnsafeBufferPointer { neighbours in
            index.offsets.withUnsafeBufferPointer { offsets in
                index.items.withUnsafeBufferPointer { items in
                    sums.withUnsafeMutableBufferPointer { sums in
                        touched.withUnsafeMutableBufferPointer { touched in
                            for number in 0..<neighbourCount {
                                let neighbour = neighbours[number]
                                let weight = Int32(neighbour.similarity) &* Int32(neighbour.closeness)
                                if weight == 0 { continue }
                                let session = Int(neighbour.session)
                                for position in offsets[session]..<offsets[session + 1] {
                                    let item = Int(items[position])
                                    touched[count] = Int32(truncatingIfNeeded: item)
                                    count += sums[item] == 0 ? 1 : 0
                                    sums[item] &+= weight
                                }
                            }
                        }
                    }
                }
            }
        }
        touchedCount = count
    }

    /// The best items, and all sums back to zero.
    mutating func top(
        _ limit: Int,
        _ index: SessionIndex,
        _ parameters: VMISKNNParameters,
        excluding excluded: ItemSet,
        order: ItemOrder?
    ) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        let current = clicked.first ?? -1
        let logTotal = Float(log(Double(index.pairCount)))
        for number in 0..<touchedCount {
            let item = Int(touched[number])
            let sum = sums[item]
            sums[item] = 0
            let idf = parameters.idfWeight * (logTotal - index.logCounts[item])
            let score = Float(sum) * (idf > 0 ? idf : 1)
            if !top.wants(score) || Int32(item) == current || excluded.contains(item) { continue }
            top.offer(ScoredItem(item: order.map { Int($0.ranks[item]) } ?? item, score: score))
        }
        return top.sorted().map { ScoredItem(item: order?.items[$0.item] ?? $0.item, score: $0.score / divisor) }
    }
}
