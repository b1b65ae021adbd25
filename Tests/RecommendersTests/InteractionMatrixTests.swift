import Recommenders
import Testing

@Suite struct InteractionMatrixTests {
    @Test func `repeated interactions add up and both directions agree`() throws {
        let matrix = try InteractionMatrix(
            userCount: 3,
            itemCount: 4,
            interactions: [
                Interaction(user: 2, item: 3, weight: 1), Interaction(user: 0, item: 1, weight: 2),
                Interaction(user: 2, item: 0, weight: 3), Interaction(user: 2, item: 3, weight: 0.5),
                Interaction(user: 0, item: 2, weight: 0),
            ]
        )
        #expect(matrix.entryCount == 3)
        #expect(matrix.byUser.entries(of: 0) == [WeightedItem(item: 1, weight: 2)])
        #expect(matrix.byUser.entries(of: 1).isEmpty)
        #expect(matrix.byUser.entries(of: 2) == [WeightedItem(item: 0, weight: 3), WeightedItem(item: 3, weight: 1.5)])
        #expect(matrix.byItem.entries(of: 3) == [WeightedItem(item: 2, weight: 1.5)])
        #expect(matrix.byItem.entries(of: 2).isEmpty)
    }

    @Test(arguments: [
        ([], RecommenderError.Code.emptyMatrix),
        ([Interaction(user: 0, item: 0, weight: 0)], .emptyMatrix),
        ([Interaction(user: 2, item: 0)], .indexOutOfRange),
        ([Interaction(user: 0, item: -1)], .indexOutOfRange),
        ([Interaction(user: 0, item: 0, weight: .nan)], .invalidWeight),
        ([Interaction(user: 0, item: 0, weight: -1)], .invalidWeight),
        ([Interaction(user: 0, item: 0, weight: .infinity)], .invalidWeight),
        (
            [
                Interaction(user: 0, item: 0, weight: .greatestFiniteMagnitude),
                Interaction(user: 0, item: 0, weight: .greatestFiniteMagnitude),
            ], .invalidWeight
        ),
    ])
    func `bad input is a typed error`(_ interactions: [Interaction], _ code: RecommenderError.Code) {
        let error = #expect(throws: RecommenderError.self) {
            try InteractionMatrix(userCount: 2, itemCount: 2, interactions: interactions)
        }
        #expect(error?.code == code)
    }

    @Test func `an item set knows what was put in`() {
        var set = ItemSet([3, 64, 200, -1])
        #expect([3, 64, 200].allSatisfy(set.contains))
        #expect(![0, 63, 65, 1_000, -1].contains(where: set.contains))
        set.remove(64)
        #expect(!set.contains(64))
    }
}
