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
}
