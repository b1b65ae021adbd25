import Recommenders
import Testing

/// Two worlds of ten items that nobody crosses: whatever is recommended must come from the world of the history.
@Suite struct BlendedRecommenderTests {
    private let blend: BlendedRecommender
    private let als: ALSModel

    init() throws {
        var interactions: [Interaction] = []
        for user in 0..<60 {
            for step in 0..<5 {
                let item = (user * 7 + step * (step + user % 3)) % 10
                interactions.append(Interaction(user: user, item: user % 2 == 0 ? item : 10 + item))
            }
        }
        let matrix = try InteractionMatrix(userCount: 60, itemCount: 20, interactions: interactions)
        als = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 4, iterations: 10, regularization: 5))
        blend = try BlendedRecommender(
            als: als,
            cosine: ItemKNNModel.fit(matrix)
        )
    }

    @Test func `history and session each bring their world, and each item names its cause`() throws {
        let excluded = ItemSet([1, 2, 11])
        let scorer = try blend.scorer(
            history: [WeightedItem(item: 1), WeightedItem(item: 2), WeightedItem(item: 11)],
            session: [WeightedItem(item: 11)]
        )
        let list = scorer.top(12, excluding: excluded)
        #expect(list.contains { $0.item < 10 } && list.contains { $0.item >= 10 })
        #expect(!list.contains { excluded.contains($0.item) })
        for candidate in list where candidate.score > 0.2 {
            let reason = try #require(scorer.reason(for: candidate))
            #expect((reason == 11) == (candidate.item >= 10))
        }
    }

    @Test func `the reason is the item with the largest contribution`() throws {
        let history = [WeightedItem(item: 1, weight: 3), WeightedItem(item: 4), WeightedItem(item: 6, weight: 2)]
        let scorer = try blend.scorer(history: history, session: [])
        for candidate in scorer.top(10, excluding: ItemSet([1, 4, 6])) where candidate.score > 0 {
            let contributions = try als.explain(candidate.item, for: history)
            #expect(scorer.reason(for: candidate) == contributions.first?.item)
        }
    }

    @Test func `taking the cause out of the history lowers the item`() throws {
        let history = [WeightedItem(item: 1), WeightedItem(item: 2), WeightedItem(item: 11)]
        let before = try blend.scorer(history: history, session: history)
        let after = try blend.scorer(history: Array(history.dropLast()), session: Array(history.dropLast()))
        let left = Dictionary(uniqueKeysWithValues: after.top(20).map { ($0.item, $0.score) })
        for candidate in before.top(20) where candidate.score > 0.2 && before.reason(for: candidate) == 11 {
            #expect(left[candidate.item] ?? 0 < candidate.score)
        }
    }

    @Test func `without history and session there is no list`() throws {
        #expect(try blend.scorer(history: [], session: []).top(10).isEmpty)
    }
}
