import Glibc

/// The working memory of one STAN prediction, reused from one to the next.
struct STANScratch: Sendable {
    private var matches = SessionMatches()
    /// Past sessions with their similarity; the number is the place among the matches, so that ties go to the newer one.
    private var neighbours: [ScoredItem] = []
    private var sums = ItemSums<Float>()
    /// The items of the open session.
    private var shared = ItemSet()
    /// exp(−d / placeDecay) by d, of the short distances: places are whole numbers.
    private var placeDecays: [Float] = []

    mutating func findNeighbours(
        of session: [Int],
        seconds: Double,
        in index: SessionIndex,
        _ parameters: STANParameters
    ) {
        matches.removeAll()
        var norm: Float = 0
        for (distance, item) in session.suffix(parameters.lastClicks).reversed().enumerated() {
            let weight = Self.decay(distance, parameters.clickDecay)
            let itemCount = matches.items.count
            // The weight of the match is the same for all of a neighbour's items, so it stands here.
            matches.add(item, similarity: weight, closeness: Self.decay(distance, parameters.matchDecay))
            if matches.items.count > itemCount { norm += weight * weight }
        }
        matches.find(in: index, limit: parameters.recentSessions)
        var top = TopItems(limit: parameters.neighbours)
        var least: Float = 0
        let newest = matches.matches[..<matches.count]
        index.offsets.withUnsafeBufferPointer { offsets in
            for (number, match) in newest.enumerated() {
                let past = Int(match.session)
                let square = norm * Float(offsets[past + 1] - offsets[past])
                // Age only takes away: who would clearly not get in without it needs neither root nor age.
                if match.similarity * match.similarity < square * least { continue }
                var similarity = match.similarity / square.squareRoot()
                if let days = parameters.recencyDays {
                    let age = max(0, seconds - index.times[past].seconds) / 86_400
                    similarity *= Float(exp(-age / days))
                }
                top.offer(ScoredItem(item: number, score: similarity))
                least = max(0, top.worstScore) * max(0, top.worstScore) * 0.9999
            }
        }
        neighbours = top.sorted()
    }

    mutating func addUp(_ index: SessionIndex, _ parameters: STANParameters) {
        for item in matches.items { shared.insert(Int(item)) }
        let logSessions = Float(log(Double(max(1, index.sessionCount))))
        if placeDecays.isEmpty { placeDecays = (0..<256).map { Self.decay($0, parameters.placeDecay) } }
        let (matches, neighbours, shared, placeDecays) = (matches.matches, neighbours, shared, placeDecays)
        sums.adding(itemCount: index.itemCount) { adder in
            for neighbour in neighbours {
                let match = matches[neighbour.item]
                let weight = neighbour.score * match.closeness
                let entries = index.range(of: Int(match.session))
                var lastShared: Int32 = 0
                for entry in entries where shared.contains(Int(index.items[entry])) {
                    lastShared = max(lastShared, index.places[entry])
                }
                for entry in entries {
                    let item = Int(index.items[entry])
                    let distance = Int(abs(index.places[entry] - lastShared))
                    var amount =
                        distance < placeDecays.count
                        ? weight * placeDecays[distance] : weight * Self.decay(distance, parameters.placeDecay)
                    if parameters.idfWeight != 0 {
                        amount *= 1 + parameters.idfWeight * (logSessions - index.logCounts[item])
                    }
                    adder.add(amount, to: item)
                }
            }
        }
        for item in self.matches.items { self.shared.remove(Int(item)) }
    }

    mutating func top(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        sums.top(limit, excluding: excluded)
    }

    @inline(__always)
    private static func decay(_ distance: Int, _ lambda: Float?) -> Float {
        guard let lambda, distance > 0 else { return 1 }
        return expf(-Float(distance) / lambda)
    }
}
