import Foundation
import Recommenders
import Testing

/// The row of MF-BPR (Ferrari Dacrema et al., TOIS 2021, Table 32), in a long run only: set `FRESHET_LONG=1`.
///
/// An epoch of that evaluation draws as many users as there are, uniformly, and one of the items of each.
@Suite struct BPRTableTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FRESHET_LONG"] == "1", "set FRESHET_LONG=1"))
    func `MF-BPR`() async throws {
        try await TopNTable.load()?.reproduce(
            "MF-BPR",
            .init(recall20: 0.0863, map20: 0.0205, recall100: 0.2874, map100: 0.0284),
            within: 0.008
        ) {
            let parameters = BPRParameters(
                factors: 200,
                epochs: 445,
                batchSize: 32,
                learningRate: 0.1,
                regularization: 0.01,
                optimizer: .adaGrad,
                sampling: .users
            )
            return try BPRModel.fit($0, parameters: parameters, context: TopNTable.context)
        }
    }
}
