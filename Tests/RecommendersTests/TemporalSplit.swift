import Foundation
import Recommenders
import ReferenceData

/// MovieLens latest-small, the last fifth of each user's good ratings hidden.
///
/// The split leaks calendar time between users (292 of the 610 rated everything within one hour): good for holding an
/// implementation against reference figures, not for ranking algorithms.
struct TemporalSplit {
    struct Rating {
        var item: Int
        var stars: Float
        var seconds: Double
        var isHidden = false

        var isPositive: Bool { stars >= 4 }
    }

    /// Each user's ratings, by time, ties by the order of the file.
    let users: [[Rating]]
    let itemCount: Int

    /// The data set, or `nil` when it is nowhere.
    static func load() throws -> TemporalSplit? {
        guard let bytes = try ReferenceData.contents(of: "movielens-latest-small/ratings.csv") else { return nil }
        return TemporalSplit(ratings: String(decoding: bytes, as: UTF8.self))
    }

    private init(ratings: String) {
        var userIndex: [Substring: Int] = [:]
        var users: [[Rating]] = []
        let lines = ratings.split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
        // Indices in the order of ids, because ties go by index.
        let items = Set(lines.compactMap { Int($0[1]) }).sorted()
        let itemIndex = Dictionary(uniqueKeysWithValues: zip(items, 0...))
        for fields in lines {
            guard fields.count == 4, let item = Int(fields[1]).flatMap({ itemIndex[$0] }), let stars = Float(fields[2]),
                let seconds = Double(fields[3])
            else { continue }
            let user = userIndex[fields[0], default: users.count]
            if user == users.count {
                userIndex[fields[0]] = user
                users.append([])
            }
            users[user].append(Rating(item: item, stars: stars, seconds: seconds))
        }
        for user in users.indices {
            // Stable: ties keep the order of the file.
            users[user] = users[user].enumerated()
                .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }.map(\.element)
            let positive = users[user].indices.filter { users[user][$0].isPositive }
            for index in positive.suffix(positive.count / 5) { users[user][index].isHidden = true }
        }
        self.users = users
        itemCount = itemIndex.count
    }

    /// What is known of a user: everything that is not hidden.
    func known(_ user: Int) -> [Rating] { users[user].filter { !$0.isHidden } }

    /// The good ratings that are known, one each.
    func matrix() throws -> InteractionMatrix {
        let interactions = users.indices.flatMap { user in
            known(user).filter(\.isPositive).map { Interaction(user: user, item: $0.item) }
        }
        return try InteractionMatrix(userCount: users.count, itemCount: itemCount, interactions: interactions)
    }

    /// The share of users with hidden items for whom at least one stands in the list of ten, and the normalised gain.
    func evaluate(
        _ list: (_ user: Int, _ known: [Rating], _ excluded: ItemSet) throws -> [Int]
    ) rethrows -> (hitRate: Double, gain: Double, users: Int) {
        var (hits, gain, count) = (0, 0.0, 0)
        for user in users.indices {
            let hidden = Set(users[user].filter(\.isHidden).map(\.item))
            guard !hidden.isEmpty else { continue }
            let known = known(user)
            let list = try list(user, known, ItemSet(known.map(\.item))).prefix(10)
            count += 1
            if list.contains(where: hidden.contains) { hits += 1 }
            let discounts = (0..<10).map { 1 / log2(Double($0) + 2) }
            let gained = list.enumerated().reduce(0.0) { $0 + (hidden.contains($1.element) ? discounts[$1.offset] : 0) }
            gain += gained / discounts.prefix(hidden.count).reduce(0, +)
        }
        return (Double(hits) / Double(count), gain / Double(count), count)
    }
}
