import Glibc

/// The working memory of one VMIS-kNN prediction, reused from one to the next.
struct VMISKNNScratch: Sendable {
    private var matches = SessionMatches()
    /// How many matches have each similarity.
    private var similarityCounts: [Int32] = []
    private var neighbours: [SessionMatches.Match] = []
    private var neighbourCount = 0
    /// The sum of each item, all zero between predictions.
    private var sums: [Int32] = []
    /// The items whose sum is not zero.
    private var touched: [Int32] = []
    private var touchedCount = 0
    /// What the sums have to be divided by.
    private var divisor: Float = 1

    /// The neighbours of an open session: of the m newest sessions that share an item the k most similar.
    ///
    /// Similarities are the sums of decays times the number of distinct items, which are integers; closeness is ten times
    /// the neighbour's weight.
    mutating func findNeighbours(of session: [Int], in index: SessionIndex, _ parameters: VMISKNNParameters) {
        let last = session.suffix(parameters.lastClicks)
        matches.removeAll()
        for (position, item) in last.reversed().enumerated() {
            matches.add(item, similarity: Float(last.count - position), closeness: Float(max(0, 9 - position)))
        }
        divisor = 10 * Float(max(1, matches.items.count))
        matches.find(in: index, limit: parameters.recentSessions)
        similarityCounts.removeAll(keepingCapacity: true)
        similarityCounts.append(contentsOf: repeatElement(0, count: last.count * (last.count + 1) / 2 + 1))
        selectNeighbours(parameters.neighbours)
    }

    /// The most similar matches, newer ones first among equals: all above some similarity, and the newest of that one.
    private mutating func selectNeighbours(_ most: Int) {
        if neighbours.count < most {
            neighbours = [SessionMatches.Match](repeating: SessionMatches.Match(), count: most)
        }
        for number in 0..<matches.count { similarityCounts[Int(matches.matches[number].similarity)] += 1 }
        var left = min(most, matches.count)
        var lowest = similarityCounts.count - 1
        while lowest > 0, Int(similarityCounts[lowest]) <= left {
            left -= Int(similarityCounts[lowest])
            lowest -= 1
        }
        neighbourCount = 0
        for number in 0..<matches.count {
            let match = matches.matches[number]
            let similarity = Int(match.similarity)
            if similarity < lowest { continue }
            if similarity == lowest {
                if left == 0 { continue }
                left -= 1
            }
            neighbours[neighbourCount] = match
            neighbourCount += 1
        }
    }

    /// Adds up what the neighbours give to their items.
    mutating func addUp(_ index: SessionIndex) {
        if sums.count < index.itemCount {
            sums = [Int32](repeating: 0, count: index.itemCount)
            // One more, because the next item is written before it is known to be new.
            touched = [Int32](repeating: 0, count: index.itemCount + 1)
        }
        let neighbours = neighbours[..<neighbourCount]
        touchedCount = index.items.withUnsafeBufferPointer { items in
            sums.withUnsafeMutableBufferPointer { sums in
                touched.withUnsafeMutableBufferPointer { touched in
                    var count = 0
                    for neighbour in neighbours where neighbour.closeness > 0 {
                        let weight = Int32(neighbour.similarity) &* Int32(neighbour.closeness)
                        for position in index.range(of: Int(neighbour.session)) {
                            let item = items[position]
                            touched[count] = item
                            count += sums[Int(item)] == 0 ? 1 : 0
                            sums[Int(item)] &+= weight
                        }
                    }
                    return count
                }
            }
        }
    }

    /// The best items, and all sums back to zero.
    mutating func top(
        _ limit: Int,
        _ index: SessionIndex,
        idfWeight: Float,
        excluding excluded: ItemSet,
        order: ItemOrder?
    ) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        let current = matches.items.first ?? -1
        let logTotal = Float(log(Double(index.pairCount)))
        for number in 0..<touchedCount {
            let item = Int(touched[number])
            let sum = sums[item]
            sums[item] = 0
            let idf = idfWeight * (logTotal - index.logCounts[item])
            let score = Float(sum) * (idf > 0 ? idf : 1)
            if !top.wants(score) || touched[number] == current || excluded.contains(item) { continue }
            top.offer(ScoredItem(item: order.map { Int($0.ranks[item]) } ?? item, score: score))
        }
        return top.sorted().map { ScoredItem(item: order?.items[$0.item] ?? $0.item, score: $0.score / divisor) }
    }
}
