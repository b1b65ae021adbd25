import Glibc

/// The working memory of one STAN prediction, reused from one to the next.
struct STANScratch: Sendable {
    private var matches = SessionMatches()
    /// Past sessions with their similarity; the number is the place among the matches, so that ties go to the newer one.
    private var neighbours: [ScoredItem] = []
    private var sums = ItemSums()

    mutating func findNeighbours(
        of session: [Int],
        seconds: Double,
        in index: SessionIndex,
        _ parameters: STANParameters
    ) {
        matches.removeAll()
        var norm: Float = 0
        for (distance, item) in session.suffix(parameters.lastClicks).reversed().enumerated() {
            let weight = Self.decay(Float(distance), parameters.clickDecay)
            let itemCount = matches.items.count
            // The weight of the match is the same for all of a neighbour's items, so it stands here.
            matches.add(item, similarity: weight, closeness: Self.decay(Float(distance), parameters.matchDecay))
            if matches.items.count > itemCount { norm += weight * weight }
        }
        matches.find(in: index, limit: parameters.recentSessions)
        var top = TopItems(limit: parameters.neighbours)
        for number in 0..<matches.count {
            let match = matches.matches[number]
            let past = Int(match.session)
            var similarity = match.similarity / (norm * Float(index.range(of: past).count)).squareRoot()
            if let days = parameters.recencyDays {
                let age = max(0, seconds - index.times[past].seconds) / 86_400
                similarity *= Float(exp(-age / days))
            }
            top.offer(ScoredItem(item: number, score: similarity))
        }
        neighbours = top.sorted()
    }

    mutating func addUp(_ index: SessionIndex, _ parameters: STANParameters) {
        sums.prepare(itemCount: index.itemCount)
        let logSessions = Float(log(Double(max(1, index.sessionCount))))
        for neighbour in neighbours {
            let match = matches.matches[neighbour.item]
            let weight = neighbour.score * match.closeness
            let entries = index.range(of: Int(match.session))
            var lastShared: Int32 = 0
            for entry in entries where matches.items.contains(index.items[entry]) {
                lastShared = max(lastShared, index.places[entry])
            }
            for entry in entries {
                let item = Int(index.items[entry])
                let distance = Float(abs(index.places[entry] - lastShared))
                let rarity = 1 + parameters.idfWeight * (logSessions - index.logCounts[item])
                sums.add(weight * Self.decay(distance, parameters.placeDecay) * rarity, to: item)
            }
        }
    }

    mutating func top(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        sums.top(limit, excluding: excluded)
    }

    @inline(__always)
    private static func decay(_ distance: Float, _ lambda: Float?) -> Float {
        guard let lambda, distance > 0 else { return 1 }
        return expf(-distance / lambda)
    }
}
