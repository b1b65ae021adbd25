import Recommenders
import ReferenceData
import Testing

/// The row of implicit ALS (Ferrari Dacrema et al., TOIS 2021, Table 32): the mean of five seeds, because one seed
/// differs from another by as much as the figures have digits.
@Suite struct ALSTableTests {
    @Test func `iALS, the mean of five seeds`() async throws {
        guard let table = try TopNTable.load() else { return }
        let parameters = ALSParameters(
            factors: 22,
            iterations: 75,
            regularization: 1e-5,
            confidence: .logarithmic(alpha: 1.7077, epsilon: 0.001)
        )
        var sums = [0.0, 0, 0, 0]
        for seed in 1...5 {
            var context = TopNTable.context
            context.seed = UInt64(seed)
            let model = try ALSModel.fit(table.train, parameters: parameters, context: context)
            sums = zip(sums, try await table.figures(of: model).all).map(+)
        }
        let means = sums.map { $0 / 5 }
        let found = TopNTable.Figures(recall20: means[0], map20: means[1], recall100: means[2], map100: means[3])
        let holds = zip(means, [0.0868, 0.0188, 0.2621, 0.0252]).allSatisfy { abs($0 - $1) <= 0.002 }
        #expect(holds, "\(found)")
        if holds { ReferenceData.reproduced("movielens-1m-5star iALS", found.description) }
    }
}
