import Foundation
import Recommenders
import Scoring

/// A bundle of synthetic users, 20,000 with 40 items each, drawn so that few items are popular.
///
/// All models of the standard plan but the linear autoencoder, whose fit takes memory by the square of the items.
enum SyntheticBundle {
    private static let users = 20_000
    private static let itemsPerUser = 40

    /// `bundle ITEMS FILE` writes the artefact, for the benchmark of the scorer.
    static func write(_ arguments: [String]) throws {
        guard arguments.count == 2, let itemCount = Int(arguments[0]) else {
            print("usage: bundle ITEMS FILE")
            return
        }
        let bundle = try make(itemCount: itemCount, histories: histories(itemCount: itemCount))
        try Data(bundle.artefact()).write(to: URL(filePath: arguments[1]))
    }

    /// What each user used, oldest first.
    static func histories(itemCount: Int) -> [[Int]] {
        (0..<users).map { _ in
            (0..<itemsPerUser).map { _ in
                // The cube of a uniform number: half of all draws fall on an eighth of the items.
                let uniform = Double.random(in: 0..<1)
                return Int(uniform * uniform * uniform * Double(itemCount))
            }
        }
    }

    /// The models of these histories; items are `item-0` and so on.
    static func make(itemCount: Int, histories: [[Int]]) throws -> ModelBundle {
        let interactions = histories.enumerated().flatMap { user, history in
            history.map { Interaction(user: user, item: $0) }
        }
        let matrix = try InteractionMatrix(userCount: users, itemCount: itemCount, interactions: interactions)
        let sessions = histories.enumerated().map { user, history in
            history.prefix(10).enumerated().map {
                SessionLog.Click(item: $0.element, seconds: Double(user * 100 + $0.offset))
            }
        }
        let contents = (0..<itemCount).map { item in
            ItemContent(
                text: "title \(item % 997) of \(item % 89)",
                tags: [["category \(item % 19)"], ["tag \(item % 211)"]],
                creators: ["creator \(item % 2003)"]
            )
        }
        return try ModelBundle(
            itemIDs: (0..<itemCount).map { "item-\($0)" },
            models: ModelBundle.Models(
                als: ALSModel.fit(matrix, parameters: ALSParameters(factors: 64, iterations: 2)),
                neighbours: ItemKNNModel.fit(matrix),
                sessions: VMISKNNModel.fit(SessionLog(itemCount: itemCount, sessions: sessions)),
                content: ContentModel.fit(contents),
                popularity: PopularityModel.fit(matrix)
            )
        )
    }
}
