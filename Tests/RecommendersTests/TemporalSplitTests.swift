import Foundation
import Recommenders
import Testing

/// Reference figures: most popular .320, ItemKNN cosine .466, iALS with 32 factors .493 (HitRate@10).
@Suite struct TemporalSplitTests {
    private let split: TemporalSplit?

    init() throws {
        split = try TemporalSplit.load()
    }

    @Test func `most popular reaches the reference figure`() throws {
        guard let split else { return }
        let model = try PopularityModel.fit(split.matrix())
        let result = try split.evaluate { try model.recommend(for: [], limit: 10, excluding: $2).map(\.item) }
        print("most popular:", result)
        #expect(result.users == 603)
        #expect(abs(result.hitRate - 0.320) <= 0.002)
    }

    @Test func `item cosine reaches the reference figure`() throws {
        guard let split else { return }
        let model = try ItemKNNModel.fit(
            split.matrix(),
            parameters: ItemKNNParameters(neighbours: 50, shrinkage: 0),
            context: FitContext(workers: .dispatch(count: 2))
        )
        let result = try split.evaluate { _, known, excluded in
            try model.recommend(for: known.positives, limit: 10, excluding: excluded).map(\.item)
        }
        print("item cosine:", result)
        #expect(abs(result.hitRate - 0.466) <= 0.02)
    }

    @Test func `factorisation reaches the reference figure`() throws {
        guard let split else { return }
        let parameters = ALSParameters(factors: 32, iterations: 10, regularization: 10, confidence: .linear(alpha: 1))
        let model = try ALSModel.fit(
            split.matrix(),
            parameters: parameters,
            context: FitContext(workers: .dispatch(count: 2))
        )
        let result = try split.evaluate { _, known, excluded in
            try model.recommend(for: known.positives, limit: 10, excluding: excluded).map(\.item)
        }
        print("factorisation:", result)
        #expect(abs(result.hitRate - 0.493) <= 0.02)
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

    fileprivate var positives: [WeightedItem] { filter(\.isPositive).map { WeightedItem(item: $0.item) } }
}
