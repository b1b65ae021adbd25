import Recommenders
import Testing

/// What holds for every model of users and items, whatever it computes.
@Suite struct ModelContractTests {
    private let context = FitContext(seed: 3)

    @Test(arguments: ModelUnderTest.all)
    func `scores are finite, on the smallest data too`(_ model: ModelUnderTest) throws {
        let shapes: [(users: Int, items: Int, [(Int, Int)])] = [
            (1, 1, [(0, 0)]),
            (1, 5, [(0, 1), (0, 3)]),
            (5, 1, [(2, 0)]),
            (4, 4, [(0, 0), (1, 0), (2, 0), (3, 0)]),
            (3, 3, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]),
        ]
        for (users, items, cells) in shapes {
            for weight: Float in [1, 1e-6, 1e6] {
                let interactions = cells.map { Interaction(user: $0, item: $1, weight: weight) }
                let matrix = try InteractionMatrix(userCount: users, itemCount: items, interactions: interactions)
                let score = try model.fit(matrix, context)
                for history in [
                    [], [WeightedItem(item: 0)], (0..<items).map { WeightedItem(item: $0, weight: weight) },
                ] {
                    let scores = try score(history).scores()
                    #expect(scores.count == items)
                    let areFinite = scores.allSatisfy(\.isFinite)
                    #expect(areFinite, "\(users) x \(items), weight \(weight): \(scores)")
                }
            }
        }
    }

    @Test(arguments: ModelUnderTest.all)
    func `a history that makes no sense is a typed error`(_ model: ModelUnderTest) throws {
        let score = try model.fit(RandomData.matrix(userCount: 8, itemCount: 6, density: 0.5, seed: 1), context)
        expect(.indexOutOfRange) { _ = try score([WeightedItem(item: 6)]) }
        expect(.indexOutOfRange) { _ = try score([WeightedItem(item: -1)]) }
        expect(.invalidWeight) { _ = try score([WeightedItem(item: 0, weight: .nan)]) }
        expect(.invalidWeight) { _ = try score([WeightedItem(item: 0, weight: .infinity)]) }
        expect(.invalidWeight) { _ = try score([WeightedItem(item: 0, weight: -1)]) }
    }

    @Test(arguments: ModelUnderTest.all)
    func `the number of workers does not change a bit`(_ model: ModelUnderTest) throws {
        let matrix = try RandomData.matrix(userCount: 90, itemCount: 70, density: 0.2, seed: 2)
        let history = matrix.byUser.entries(of: 5)
        let alone = try model.fit(matrix, FitContext(seed: 3))(history).scores()
        let shared = try model.fit(matrix, FitContext(seed: 3, workers: .dispatch(count: 3)))(history).scores()
        #expect(alone == shared)
    }

    @Test(arguments: ModelUnderTest.all.filter(\.ignoresNumbering))
    func `other numbers for the same users and items give the same scores`(_ model: ModelUnderTest) throws {
        let (users, items) = (40, 30)
        let matrix = try RandomData.matrix(userCount: users, itemCount: items, density: 0.3, seed: 4)
        // Both are coprime to the counts, so multiplication is a permutation.
        func renamed(user: Int) -> Int { user * 7 % users }
        func renamed(item: Int) -> Int { item * 11 % items }
        let interactions = (0..<users).flatMap { user in
            matrix.byUser.entries(of: user).map {
                Interaction(user: renamed(user: user), item: renamed(item: $0.item), weight: $0.weight)
            }
        }
        let other = try InteractionMatrix(userCount: users, itemCount: items, interactions: interactions)
        let history = matrix.byUser.entries(of: 9)
        let renamedHistory = history.map { WeightedItem(item: renamed(item: $0.item), weight: $0.weight) }
        let scores = try model.fit(matrix, context)(history).scores()
        let renamedScores = try model.fit(other, context)(renamedHistory).scores()
        for item in 0..<items {
            let difference = abs(scores[item] - renamedScores[renamed(item: item)])
            #expect(difference <= 1e-4 * max(1, abs(scores[item])), "item \(item)")
        }
    }

    @Test(arguments: ModelUnderTest.all)
    func `the order of a history has no effect, and repeated items add up`(_ model: ModelUnderTest) throws {
        let score = try model.fit(RandomData.matrix(userCount: 30, itemCount: 20, density: 0.3, seed: 5), context)
        let history = [WeightedItem(item: 3, weight: 2), WeightedItem(item: 11), WeightedItem(item: 7, weight: 0.5)]
        let split = [WeightedItem(item: 7, weight: 0.5), WeightedItem(item: 3), WeightedItem(item: 11), history[0]]
        let whole = [WeightedItem(item: 3, weight: 3), WeightedItem(item: 11), WeightedItem(item: 7, weight: 0.5)]
        let (inOrder, reversed) = try (score(history).scores(), score(history.reversed()).scores())
        let (inParts, addedUp) = try (score(split).scores(), score(whole).scores())
        #expect(inOrder == reversed)
        #expect(inParts == addedUp)
    }

    @Test(arguments: ModelUnderTest.all.filter(\.explains))
    func `the parts of an explanation sum up to the score`(_ model: ModelUnderTest) throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 20, density: 0.3, seed: 6)
        let scorer = try model.fit(matrix, context)(matrix.byUser.entries(of: 2))
        for (item, score) in scorer.scores().enumerated() {
            let sum = scorer.contributions(to: item).reduce(Float.zero) { $0 + $1.amount }
            #expect(abs(sum - score) <= 1e-3 * max(1, abs(score)), "item \(item)")
        }
    }

    @Test(arguments: ModelUnderTest.all.filter(\.evidence.isClaimed))
    func `more evidence for an item lowers nothing that is related to it`(_ model: ModelUnderTest) throws {
        let matrix = try RandomData.matrix(userCount: 40, itemCount: 25, density: 0.15, seed: 8)
        let score = try model.fit(matrix, context)
        let nothing = try score([]).scores()
        var claims = 0
        for user in [0, 3, 17] {
            let history = matrix.byUser.entries(of: user)
            let before = try score(history).scores()
            for item in 0..<matrix.itemCount {
                let more = WeightedItem(item: item, weight: 1)
                let relation = try zip(score([more]).scores(), nothing).map(-)
                let after = try score(history + [more]).scores()
                for other in model.evidence.related(to: item, before: before, relation: relation, in: matrix) {
                    claims += 1
                    #expect(after[other] >= before[other] - 1e-5, "user \(user), item \(item), score of \(other)")
                }
            }
        }
        #expect(claims > 0)
    }

    @Test(arguments: ModelUnderTest.all)
    func `a fit that is asked to stop says that it was cancelled`(_ model: ModelUnderTest) throws {
        let matrix = try RandomData.matrix(userCount: 30, itemCount: 20, density: 0.3, seed: 7)
        let context = FitContext(isCancelled: { true })
        expect(.cancelled) { _ = try model.fit(matrix, context) }
    }

    /// Expects that `body` ends with a typed error of this code.
    private func expect(_ expected: RecommenderError.Code, _ body: () throws -> Void) {
        var code: RecommenderError.Code?
        do { try body() } catch { code = (error as? RecommenderError)?.code }
        #expect(code == expected)
    }
}
