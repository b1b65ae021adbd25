import Foundation
import Recommenders
import Testing

/// What the scorer serves on the split whose reference figures `EvaluationTests` holds.
@Suite struct TemporalSplitTests {
    private let split: TemporalSplit?

    init() throws {
        split = try TemporalSplit.load()
    }

    /// The lists that the scorer serves: three stars and more, weighted by stars and age, the last ten as the session.
    @Test func `the blend of factorisation and session beats both`() throws {
        guard let split else { return }
        let decay = try TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1)
        let histories = split.users.indices.map { split.known($0).weighted(decay) }
        let interactions = histories.enumerated().flatMap { user, history in
            history.map { Interaction(user: user, item: $0.item, weight: $0.weight) }
        }
        let matrix = try InteractionMatrix(
            userCount: split.users.count,
            itemCount: split.itemCount,
            interactions: interactions
        )
        let context = FitContext(workers: .dispatch(count: 2))
        let blend = try BlendedRecommender(
            als: ALSModel.fit(matrix, context: context),
            cosine: ItemKNNModel.fit(matrix, context: context)
        )
        let result = try split.evaluate { user, _, excluded in
            let session = histories[user].suffix(10).reversed().enumerated().map { place, entry in
                WeightedItem(item: entry.item, weight: entry.weight * Float(pow(0.8, Double(place))))
            }
            return try blend.scorer(history: histories[user], session: session).top(10, excluding: excluded).map(\.item)
        }
        print("blend:", result)
        #expect(result.hitRate >= 0.52)
    }
}

extension [TemporalSplit.Rating] {
    /// Five stars weigh five, two and a half nothing; the weight halves with age, counted from the latest.
    fileprivate func weighted(_ decay: TimeDecay) -> [WeightedItem] {
        let newest = map(\.seconds).max() ?? 0
        return filter { $0.stars >= 3 }.map { rating in
            let strength = 5 * (rating.stars - 2.5) / 2.5
            return WeightedItem(
                item: rating.item,
                weight: strength * Float(decay.factor(ageSeconds: newest - rating.seconds))
            )
        }
    }
}
