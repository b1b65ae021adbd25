import Testing

@testable import Recommenders

@Suite struct ItemNeighbourCountsTests {
    @Test(arguments: DenseNeighbourhood.similarities)
    func `an update equals a fit to everything`(similarity: NeighbourSimilarity) throws {
        let whole = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.2, seed: 1)
        var events = (0..<40).flatMap { user in
            whole.byUser.entries(of: user).map { Interaction(user: user, item: $0.item, weight: $0.weight) }
        }
        var random = RandomSource(seed: 2)
        events.shuffle(using: &random)
        let known = events.prefix(100).filter { $0.user < 30 && $0.item < 25 }
        let parameters = NeighbourhoodParameters(neighbours: 6, similarity: similarity, shrinkage: 1)
        var counts = try ItemNeighbourCounts(
            InteractionMatrix(userCount: 30, itemCount: 25, interactions: known),
            parameters: parameters
        )
        // Some come twice, in small batches, the last users and items later.
        let rest = (events + known).sorted { max($0.user - 10, $0.item - 5) < max($1.user - 10, $1.item - 5) }
        for batch in stride(from: 0, to: rest.count, by: 37) {
            try counts.update(
                with: Array(rest[batch..<min(rest.count, batch + 37)]),
                userCount: 40,
                itemCount: 30,
                context: FitContext(workers: .dispatch(count: 2))
            )
        }
        #expect(counts.userCount == 40)
        #expect(counts.itemCount == 30)
        #expect(try counts.model() == ItemKNNModel.fit(whole, parameters: parameters))
    }

    @Test func `an event renews the neighbours of what its item ever met, and of nothing else`() throws {
        var interactions: [Interaction] = []
        for user in 0..<6 {
            for item in 0..<3 { interactions.append(Interaction(user: user, item: user < 3 ? item : item + 3)) }
        }
        let matrix = try InteractionMatrix(userCount: 7, itemCount: 6, interactions: interactions)
        var counts = try ItemNeighbourCounts(matrix)
        #expect(try counts.update(with: [Interaction(user: 6, item: 4)]) == [3, 4, 5])
        #expect(try counts.update(with: [Interaction(user: 6, item: 4)]) == [])
        #expect(try counts.update(with: [Interaction(user: 6, item: 1)]) == [0, 1, 2, 4])
    }

    @Test func `bad events change nothing, and are typed errors`() throws {
        let matrix = try RandomData.matrix(userCount: 8, itemCount: 6, density: 0.5, seed: 3)
        var counts = try ItemNeighbourCounts(matrix)
        let before = counts.model()
        for event in [
            Interaction(user: 8, item: 0), Interaction(user: 0, item: 6), Interaction(user: -1, item: 0),
            Interaction(user: 0, item: 0, weight: .nan), Interaction(user: 0, item: 0, weight: -1),
        ] {
            #expect(throws: RecommenderError.self) {
                try counts.update(with: [Interaction(user: 0, item: 5), Interaction(user: 1, item: 5), event])
            }
        }
        #expect(counts.model() == before)
        #expect(throws: RecommenderError.self) {
            try ItemNeighbourCounts(matrix, parameters: NeighbourhoodParameters(weighting: .tfIDF))
        }
    }
}
