import Foundation
import Recommenders

/// What the training data say about the items: the ground for diversity, novelty and popularity bias.
public struct ItemStatistics: Sendable {
    /// How many users know each item.
    public let popularity: [Int]
    private let userCount: Int
    /// The users of each item, back to back.
    private let offsets: [Int]
    private let users: [Int32]

    /// Counts.
    public init(_ training: TrainingData) {
        popularity = training.popularity()
        userCount = training.visits.count { !$0.isEmpty }
        var offsets = [0]
        for count in popularity { offsets.append((offsets.last ?? 0) + count) }
        var next = offsets
        var users = [Int32](repeating: 0, count: offsets.last ?? 0)
        for (user, visits) in training.visits.enumerated() {
            for item in Set(visits.map(\.item)) {
                users[next[item]] = Int32(truncatingIfNeeded: user)
                next[item] += 1
            }
        }
        self.offsets = offsets
        self.users = users
    }

    /// The mean of log2(users / users who know the item); an item that nobody knows counts as known to one.
    public func novelty(of list: some Collection<Int>) -> Double {
        guard !list.isEmpty, userCount > 0 else { return 0 }
        let bits = list.reduce(0.0) { $0 + log2(Double(userCount) / Double(max(1, popularity[$1]))) }
        return bits / Double(list.count)
    }

    /// The share of the wanted items that nobody knows which the list holds; `nil` where all wanted ones are known to somebody.
    public func newRecall(of list: some Collection<Int>, wanted: [Int]) -> Double? {
        let new = wanted.filter { popularity[$0] == 0 }
        return new.isEmpty ? nil : Double(new.count(where: Set(list).contains)) / Double(new.count)
    }

    /// The mean number of users who know the list's items.
    public func meanPopularity(of list: some Collection<Int>) -> Double {
        guard !list.isEmpty else { return 0 }
        return Double(list.reduce(0) { $0 + popularity[$1] }) / Double(list.count)
    }

    /// The mean of 1 − cosine over all pairs of the list; 0 for less than two items.
    ///
    /// The cosines of all pairs are half of what the squared length of the sum of the unit vectors exceeds the number of
    /// vectors by; `sums` is all zero before and after, one number per source.
    public func diversity(of list: some Collection<Int>, sums: inout [Double]) -> Double {
        guard list.count > 1 else { return 0 }
        var squared = 0.0
        var vectors = 0
        for item in list where popularity[item] > 0 {
            vectors += 1
            let weight = 1 / Double(popularity[item]).squareRoot()
            for position in offsets[item]..<offsets[item + 1] {
                let user = Int(users[position])
                squared += weight * (2 * sums[user] + weight)
                sums[user] += weight
            }
        }
        for item in list {
            for position in offsets[item]..<offsets[item + 1] { sums[Int(users[position])] = 0 }
        }
        let pairs = Double(list.count * (list.count - 1))
        return 1 - (squared - Double(vectors)) / pairs
    }
}

/// How lists spread over the catalogue: what single lists cannot tell.
public struct Spread: Hashable, Sendable {
    /// The share of all items that stand in at least one list.
    public let coverage: Double
    /// How unequally items appear in lists: 0 when all appear equally often, close to 1 when few take it all.
    public let gini: Double

    /// Counts how often each item appears in the lists, `counts[item]`.
    public init(counts: [Int]) {
        let total = counts.reduce(0, +)
        guard total > 0 else {
            (coverage, gini) = (0, 0)
            return
        }
        coverage = Double(counts.count { $0 > 0 }) / Double(counts.count)
        let count = Double(counts.count)
        let weighted = counts.sorted().enumerated().reduce(0.0) {
            $0 + (2 * Double($1.offset + 1) - count - 1) * Double($1.element)
        }
        gini = weighted / (count * Double(total))
    }
}
