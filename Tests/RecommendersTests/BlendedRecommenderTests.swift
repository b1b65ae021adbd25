import Recommenders
import Testing

/// Two worlds of ten items that nobody crosses: whatever is recommended must come from the world of the history.
@Suite struct BlendedRecommenderTests {
    private let blend: BlendedRecommender

    init() throws {
        var interactions: [Interaction] = []
        for user in 0..<60 {
            for step in 0..<5 {
                let item = (user * 7 + step * (step + user % 3)) % 10
                interactions.append(Interaction(user: user, item: user % 2 == 0 ? item : 10 + item))
            }
        }
        let matrix = try InteractionMatrix(userCount: 60, itemCount: 20, interactions: interactions)
        blend = try BlendedRecommender(
            als: ALSModel.fit(matrix, parameters: ALSParameters(factors: 4, iterations: 10, regularization: 5)),
            cosine: ItemCosineModel.fit(matrix)
        )
    }

    @Test func `history and session each bring their world, and each item names its cause`() throws {
        let excluded = ItemSet([1, 2, 11])
        let list = try blend.recommend(
            history: [WeightedItem(item: 1), WeightedItem(item: 2), WeightedItem(item: 11)],
            session: [WeightedItem(item: 11)],
            limit: 12,
            excluding: excluded
        )
        #expect(list.contains { $0.item < 10 } && list.contains { $0.item >= 10 })
        #expect(!list.contains { excluded.contains($0.item) })
        for recommendation in list where recommendation.reason != nil && recommendation.score > 0.2 {
            #expect((recommendation.reason == 11) == (recommendation.item >= 10))
        }
    }

    @Test func `taking the cause out of the history lowers the item`() throws {
        let history = [WeightedItem(item: 1), WeightedItem(item: 2), WeightedItem(item: 11)]
        let before = try blend.recommend(history: history, session: Array(history.suffix(2)), limit: 20)
        let after = try blend.recommend(
            history: Array(history.dropLast()),
            session: Array(history.dropLast().suffix(2)),
            limit: 20
        )
        for recommendation in before where recommendation.reason == 11 && recommendation.score > 0.2 {
            let left = after.first { $0.item == recommendation.item }?.score ?? 0
            #expect(left < recommendation.score)
        }
    }

    @Test func `without history and session there is no list`() throws {
        #expect(try blend.recommend(history: [], session: [], limit: 10).isEmpty)
    }
}
