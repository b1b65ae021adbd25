import Foundation
import Recommenders
import Scoring
import Training

/// A bundle of synthetic users, 20,000 with 40 items each, drawn so that few items are popular.
///
/// All models of the standard training plan, with its parameters.
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
        let clicks = histories.enumerated().map { user, history in
            history.enumerated().map { SessionLog.Click(item: $0.element, seconds: Double(user * 100 + $0.offset)) }
        }
        let sessions = clicks.map { Array($0.prefix(10)) }
        let contents = (0..<itemCount).map { item in
            ItemContent(
                text: "title \(item % 997) of \(item % 89)",
                tags: [["category \(item % 19)"], ["tag \(item % 211)"]],
                creators: ["creator \(item % 2003)"]
            )
        }
        let plan = TrainingPlan.Models()
        var models = ModelBundle.Models(popularity: try PopularityModel.fit(matrix))
        models.als = try plan.als.map { parameters throws in
            var parameters = parameters
            parameters.iterations = 2
            return try ALSModel.fit(matrix, parameters: parameters)
        }
        models.neighbours = try plan.neighbours.map { try ItemKNNModel.fit(matrix, parameters: $0) }
        let visits = try SessionLog(itemCount: itemCount, sessions: sessions)
        models.sessions = try plan.sessions.map { try VMISKNNModel.fit(visits, parameters: $0) }
        let orders = try SessionLog(itemCount: itemCount, sessions: clicks)
        models.sequences = try plan.sequences.map { try STANModel.fit(orders, parameters: $0) }
        models.rules = try plan.rules.map { try SequentialRulesModel.fit(orders, parameters: $0) }
        models.content = try plan.content.map { try ContentModel.fit(contents, parameters: $0) }
        return try ModelBundle(itemIDs: (0..<itemCount).map { "item-\($0)" }, models: models)
    }
}
