import Foundation
import Recommenders
import ReferenceData
import Testing

/// The table for MovieLens 1M of Ferrari Dacrema, Boglio, Cremonesi and Jannach (TOIS 2021, Table 32).
///
/// Five-star ratings are positives. For each user with test items all items but the user's training items are ranked.
/// Recall@k = hits / number of the user's test items; MAP@k = sum of the precision at each hit / min(number of test
/// items, k); both are means over users.
struct TopNTable: Sendable {
    /// A row of the table.
    struct Figures: Sendable, CustomStringConvertible {
        var recall20: Double
        var map20: Double
        var recall100: Double
        var map100: Double

        var all: [Double] { [recall20, map20, recall100, map100] }

        var description: String {
            zip(["Recall@20", "MAP@20", "Recall@100", "MAP@100"], all)
                .map { name, value in "\(name) \(String(format: "%.4f", value))" }
                .joined(separator: " ")
        }
    }

    let train: InteractionMatrix
    private let cases: [Case]

    private struct Case: Sendable {
        let user: Int
        let history: [WeightedItem]
        let seen: ItemSet
        let hidden: Set<Int>
    }

    /// The data set, read once; `nil` when it is nowhere.
    static func load() throws -> TopNTable? { try loaded.get() }

    private static let loaded = Result { try TopNTable() }

    private init?() throws {
        guard let train = try ReferenceData.contents(of: "movielens-1m-5star/train_users.dat"),
            let test = try ReferenceData.contents(of: "movielens-1m-5star/test_users.dat")
        else { return nil }
        let known = Self.rows(train)
        let hidden = Self.rows(test).sorted { $0.user < $1.user }
        let matrix = try InteractionMatrix(
            userCount: 1 + ((known + hidden).map(\.user).max() ?? 0),
            itemCount: 1 + ((known + hidden).flatMap(\.items).max() ?? 0),
            interactions: known.flatMap { row in row.items.map { Interaction(user: row.user, item: $0) } }
        )
        self.train = matrix
        cases = hidden.map { row in
            let history = matrix.byUser.entries(of: row.user)
            return Case(
                user: row.user,
                history: history,
                seen: ItemSet(history.map(\.item)),
                hidden: Set(row.items)
            )
        }
    }

    /// A line is `user item item …`.
    private static func rows(_ bytes: Data) -> [(user: Int, items: [Int])] {
        String(decoding: bytes, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let numbers = line.split(separator: UInt8(ascii: " ")).compactMap { Int(String($0) ?? "") }
            return numbers.first.map { ($0, Array(numbers.dropFirst())) }
        }
    }

    /// What fits are given: all cores of a small machine.
    static var context: FitContext { FitContext(workers: .dispatch(count: 2)) }

    /// Ranks every case's items.
    func figures(of model: some Recommender) async throws -> Figures {
        let stripes = 4
        let sums = try await withThrowingTaskGroup(of: [Double].self) { group in
            for stripe in 0..<stripes {
                group.addTask { [cases] in
                    var sums = [0.0, 0, 0, 0]
                    for one in stride(from: stripe, to: cases.count, by: stripes).map({ cases[$0] }) {
                        let found = try model.scorer(ofUser: one.user, history: one.history)
                            .ranking(100, excluding: one.seen)
                        let hits = found.indices.filter { one.hidden.contains(found[$0].item) }
                        for (place, k) in [20, 100].enumerated() {
                            let counted = hits.prefix { $0 < k }
                            let precisions = counted.enumerated().map { Double($0.offset + 1) / Double($0.element + 1) }
                            sums[2 * place] += Double(counted.count) / Double(one.hidden.count)
                            sums[2 * place + 1] += precisions.reduce(0, +) / Double(min(one.hidden.count, k))
                        }
                    }
                    return sums
                }
            }
            return try await group.reduce([0.0, 0, 0, 0]) { zip($0, $1).map(+) }
        }
        let means = sums.map { $0 / Double(cases.count) }
        return Figures(recall20: means[0], map20: means[1], recall100: means[2], map100: means[3])
    }

    /// Computes a row of the table and, when every figure, in four digits, lies within `tolerance` of what is expected,
    /// says so.
    func reproduce(
        _ row: String,
        _ expected: Figures,
        within tolerance: Double,
        sourceLocation: SourceLocation = #_sourceLocation,
        fit: (InteractionMatrix) throws -> some Recommender
    ) async throws {
        let start = ContinuousClock.now
        let model = try fit(train)
        let fitted = ContinuousClock.now
        let found = try await figures(of: model)
        print("\(row): \(found) (fit \(fitted - start), ranking \(ContinuousClock.now - fitted))")
        let holds = zip(found.all, expected.all).allSatisfy { found, expected in
            abs((found * 10_000).rounded() - (expected * 10_000).rounded()) <= (tolerance * 10_000).rounded()
        }
        #expect(holds, "\(row): \(found), expected \(expected) ± \(tolerance)", sourceLocation: sourceLocation)
        if holds { ReferenceData.reproduced("movielens-1m-5star \(row)", found.description) }
    }
}
