import Recommenders

/// What a ranker may know of items besides the scores of models, as of the moment of the base models.
struct ItemFacts: Hashable, Sendable {
    /// How many users took each item.
    let users: [Float]
    /// When each item was first taken, in seconds; `NaN` for one that nobody took.
    let firstSeen: [Double]
    /// The categories of each item, as numbers of their own; empty where nothing is known.
    let categories: [[Int32]]

    /// Reads the facts out of visits and contents: every prefix of a tag is a category.
    ///
    /// To be made from the visits that the base models learned from, never from later ones.
    init(_ training: TrainingData) {
        let itemCount = training.itemCount
        var users = [Float](repeating: 0, count: itemCount)
        var firstSeen = [Double](repeating: .nan, count: itemCount)
        for visits in training.visits {
            var seen: Set<Int> = []
            for visit in visits {
                if seen.insert(visit.item).inserted { users[visit.item] += 1 }
                if !(firstSeen[visit.item] <= visit.seconds) { firstSeen[visit.item] = visit.seconds }
            }
        }
        self.users = users
        self.firstSeen = firstSeen
        var numbers: [[String]: Int32] = [:]
        categories =
            training.contents?.map { content in
                var own: Set<Int32> = []
                for tag in content.tags {
                    for length in 1...max(1, tag.count) where length <= tag.count {
                        let path = Array(tag.prefix(length))
                        let number = numbers[path] ?? Int32(numbers.count)
                        numbers[path] = number
                        own.insert(number)
                    }
                }
                return own.sorted()
            } ?? [[Int32]](repeating: [], count: itemCount)
    }
}
