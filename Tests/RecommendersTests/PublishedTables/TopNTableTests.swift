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
            let parameters = NeighbourhoodParameters(neighbours: 135, similarity: .jaccard, shrinkage: 0)
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `ItemKNN cosine`() async throws {
        try await table?.reproduce(
            "ItemKNN cosine",
            .init(recall20: 0.0676, map20: 0.0143, recall100: 0.2326, map100: 0.0203),
            within: 0.0003
        ) {
            let parameters = NeighbourhoodParameters(neighbours: 615, shrinkage: 0, weighting: .tfIDF)
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `ItemKNN asymmetric cosine`() async throws {
        try await table?.reproduce(
            "ItemKNN asymmetric cosine",
            .init(recall20: 0.0988, map20: 0.0215, recall100: 0.3188, map100: 0.0308),
            within: 0.0003
        ) {
            let parameters = NeighbourhoodParameters(
                neighbours: 1000,
                similarity: .asymmetricCosine(alpha: 0.0466),
                shrinkage: 0,
                weighting: .tfIDF
            )
            return try ItemKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `UserKNN Jaccard`() async throws {
        // Orders of ties move it between .0993 and .0998, .3008 and .3015.
        try await table?.reproduce(
            "UserKNN Jaccard",
            .init(recall20: 0.0998, map20: 0.0211, recall100: 0.3012, map100: 0.0289),
            within: 0.0006
        ) {
            let parameters = NeighbourhoodParameters(neighbours: 337, similarity: .jaccard, shrinkage: 0)
            return try UserKNNModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `P3alpha`() async throws {
        try await table?.reproduce(
            "P3alpha",
            .init(recall20: 0.1218, map20: 0.0256, recall100: 0.3585, map100: 0.0367),
            within: 0.0003
        ) {
            let parameters = P3AlphaModel.Parameters(neighbours: 332, alpha: 1.0075, isNormalised: true)
            return try P3AlphaModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `RP3beta`() async throws {
        try await table?.reproduce(
            "RP3beta",
            .init(recall20: 0.0915, map20: 0.0192, recall100: 0.3171, map100: 0.0284),
            within: 0.0003
        ) {
            let parameters = RP3BetaModel.Parameters(neighbours: 537, alpha: 0.7551, beta: 0.5412)
            return try RP3BetaModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }

    @Test func `EASE^R`() async throws {
        try await table?.reproduce(
            "EASE^R",
            .init(recall20: 0.0956, map20: 0.0212, recall100: 0.2651, map100: 0.0278),
            within: 0.0003
        ) {
            try EASEModel.fit($0, parameters: .init(regularization: 292), context: TopNTable.context)
        }
    }

    @Test func `PureSVD`() async throws {
        try await table?.reproduce(
            "PureSVD",
            .init(recall20: 0.0828, map20: 0.0174, recall100: 0.2469, map100: 0.0238),
            within: 0.0003
        ) {
            try PureSVDModel.fit($0, parameters: .init(factors: 15), context: TopNTable.context)
        }
    }

    @Test func `SLIM elastic net`() async throws {
        try await table?.reproduce(
            "SLIM elastic net",
            .init(recall20: 0.0915, map20: 0.0205, recall100: 0.2692, map100: 0.0275),
            within: 0.001
        ) {
            let parameters = SLIMParameters(neighbours: 747, regularization: 0.0371, l1Ratio: 7.37e-5)
            return try SLIMModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }
}
