import Recommenders
import Testing

/// The rows of Table 32 with the hyper-parameters of Tables 42 and 43 (Ferrari Dacrema et al., TOIS 2021).
///
/// One after the other: each of them uses all cores.
@Suite(.serialized) struct TopNTableTests {
    private let table: TopNTable?

    init() throws {
        table = try TopNTable.load()
    }

    @Test func `most popular`() async throws {
        try await table?.reproduce(
            "most popular",
            .init(recall20: 0.0382, map20: 0.0065, recall100: 0.2286, map100: 0.0127),
            within: 0.0003
        ) { try PopularityModel.fit($0, context: TopNTable.context) }
    }

    @Test func `ItemKNN Jaccard`() async throws {
        try await table?.reproduce(
            "ItemKNN Jaccard",
            .init(recall20: 0.0669, map20: 0.0146, recall100: 0.2438, map100: 0.0209),
            within: 0.0003
        ) {
            let parameters = ItemKNNParameters(neighbours: 135, similarity: .jaccard, shrinkage: 0)
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `ItemKNN cosine`() async throws {
        try await table?.reproduce(
            "ItemKNN cosine",
            .init(recall20: 0.0676, map20: 0.0143, recall100: 0.2326, map100: 0.0203),
            within: 0.0003
        ) {
            let parameters = ItemKNNParameters(neighbours: 615, shrinkage: 0, weighting: .tfIDF)
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `ItemKNN asymmetric cosine`() async throws {
        try await table?.reproduce(
            "ItemKNN asymmetric cosine",
            .init(recall20: 0.0988, map20: 0.0215, recall100: 0.3188, map100: 0.0308),
            within: 0.0003
        ) {
            let parameters = ItemKNNParameters(
                neighbours: 1000,
                similarity: .asymmetricCosine(alpha: 0.0466),
                shrinkage: 0,
                weighting: .tfIDF
            )
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }
}
