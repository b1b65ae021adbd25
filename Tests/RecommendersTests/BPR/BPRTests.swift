import Foundation
import Testing

@testable import Recommenders

@Suite struct BPRTests {
    /// Two groups of users who choose from their own half of the items, and what they did not choose there.
    private let matrix: InteractionMatrix
    private let hidden: [(user: Int, item: Int)]

    init() throws {
        var random = RandomSource(seed: 1)
        var interactions: [Interaction] = []
        var hidden: [(user: Int, item: Int)] = []
        for user in 0..<60 {
            for item in 0..<40 where (item < 20) == (user < 30) {
                if random.uniform() < 0.6 {
                    interactions.append(Interaction(user: user, item: item))
                } else {
                    hidden.append((user, item))
                }
            }
        }
        matrix = try InteractionMatrix(userCount: 60, itemCount: 40, interactions: interactions)
        self.hidden = hidden
    }

    private let parameters = BPRParameters(factors: 8, epochs: 30, hasItemBias: true)

    /// How often a hidden item of the user's own half stands above one of the other half.
    private func auc(_ scores: (Int) throws -> [Float]) rethrows -> Double {
        let all = try (0..<60).map(scores)
        var (right, count) = (0, 0)
        for (user, item) in hidden {
            for other in 0..<40 where (other < 20) != (user < 30) {
                right += all[user][item] > all[user][other] ? 1 : 0
                count += 1
            }
        }
        return Double(right) / Double(count)
    }

    @Test(
        arguments: [BPRParameters.Optimizer.adaGrad, .gradientDescent],
        [BPRParameters.Sampling.users, .interactions]
    )
    func `two groups of users are told apart, also when folded in`(
        optimizer: BPRParameters.Optimizer,
        sampling: BPRParameters.Sampling
    ) throws {
        var parameters = parameters
        parameters.optimizer = optimizer
        parameters.sampling = sampling
        parameters.epochs = sampling == .users ? 300 : 40
        let model = try BPRModel.fit(matrix, parameters: parameters)
        #expect(try auc { try model.scorer(ofUser: $0, history: []).scores() } > 0.98)
        #expect(try auc { try model.scorer(for: matrix.byUser.entries(of: $0)).scores() } > 0.98)
    }

    @Test func `the gradient of a batch is the slope of its loss`() throws {
        var users = FactorMatrix(rowCount: 3, width: 5)
        var items = FactorMatrix(rowCount: 4, width: 5)
        users.fillNormally(deviation: 1, seed: 1)
        items.fillNormally(deviation: 1, seed: 2)
        let biases: [Float] = [0.3, -0.2, 0.5, 0.1]
        let parameters = BPRParameters(factors: 5, regularization: 0.3)
        let triples = [
            BPRTriple(user: 0, chosen: 1, other: 2), BPRTriple(user: 0, chosen: 3, other: 2),
            BPRTriple(user: 2, chosen: 2, other: 0),
        ]
        var batch = BPRBatch(users: users, items: items, biases: biases, parameters: parameters)
        for triple in triples { batch.add(triple) }

        func loss(_ users: [[Double]], _ items: [[Double]], _ biases: [Double]) -> Double {
            triples.reduce(0) { sum, triple in
                let (user, chosen, other) = (users[triple.user], items[triple.chosen], items[triple.other])
                let difference =
                    DenseReference.dot(user, chosen) - DenseReference.dot(user, other)
                    + biases[triple.chosen] - biases[triple.other]
                let squares = [user, chosen, other].reduce(0) { $0 + DenseReference.dot($1, $1) }
                let ofBiases =
                    biases[triple.chosen] * biases[triple.chosen] + biases[triple.other] * biases[triple.other]
                return sum + log1p(exp(-difference)) + 0.15 * (squares + ofBiases)
            }
        }
        let dense = (DenseReference.matrix(users), DenseReference.matrix(items), biases.map(Double.init))
        let step = 1e-5
        for factor in 0..<5 {
            for user in 0..<3 {
                var (up, down) = (dense.0, dense.0)
                up[user][factor] += step
                down[user][factor] -= step
                let slope = (loss(up, dense.1, dense.2) - loss(down, dense.1, dense.2)) / (2 * step)
                #expect(abs(Double(batch.users.gradient(of: user)[factor]) - slope) < 1e-4)
            }
            for item in 0..<4 {
                var (up, down) = (dense.1, dense.1)
                up[item][factor] += step
                down[item][factor] -= step
                let slope = (loss(dense.0, up, dense.2) - loss(dense.0, down, dense.2)) / (2 * step)
                #expect(abs(Double(batch.items.gradient(of: item)[factor]) - slope) < 1e-4)
            }
        }
        for item in 0..<4 {
            var (up, down) = (dense.2, dense.2)
            up[item] += step
            down[item] -= step
            let slope = (loss(dense.0, dense.1, up) - loss(dense.0, dense.1, down)) / (2 * step)
            #expect(abs(Double(batch.biases?.gradient(of: item)[0] ?? .nan) - slope) < 1e-4)
        }
    }

    @Test func `a step of AdaGrad has the length of the rate at first`() {
        var users = FactorMatrix(rowCount: 1, width: 2)
        users.fill([1, -2])
        var vectors = BPRVectors(users, optimizer: .adaGrad)
        let gradient: [Float] = [3, -0.5, 0, 0, 0, 0, 0, 0]
        vectors.add(to: 0, 1, gradient, decay: 0)
        vectors.step(rate: 0.1)
        #expect(abs(vectors.matrix.values[0] - 0.9) < 1e-5 && abs(vectors.matrix.values[1] + 1.9) < 1e-5)
        vectors.add(to: 0, 1, gradient, decay: 0)
        vectors.step(rate: 0.1)
        #expect(abs(vectors.matrix.values[0] - (0.9 - 0.1 / Float(2).squareRoot())) < 1e-5)
    }

    @Test func `seed and data alone decide the model`() throws {
        let model = try BPRModel.fit(matrix, parameters: parameters, context: FitContext(seed: 3))
        let again = try BPRModel.fit(
            matrix,
            parameters: parameters,
            context: FitContext(seed: 3, workers: .dispatch(count: 3))
        )
        #expect(model == again)
        #expect(try BPRModel.fit(matrix, parameters: parameters, context: FitContext(seed: 4)) != model)
    }

    @Test func `the order of a history has no effect, an empty one knows nothing, and bad ones are typed errors`()
        throws
    {
        let model = try BPRModel.fit(matrix, parameters: parameters)
        let history = [WeightedItem(item: 3), WeightedItem(item: 9)]
        #expect(try model.foldIn(history) == model.foldIn(history.reversed()))
        #expect(try model.recommend(for: [], limit: 5).isEmpty)
        #expect(throws: RecommenderError.self) { try model.foldIn([WeightedItem(item: 40)]) }
        #expect(throws: RecommenderError.self) { try model.scorer(ofUser: 60, history: []) }
        for parameters in [
            BPRParameters(factors: 0), BPRParameters(epochs: 0), BPRParameters(batchSize: 0),
            BPRParameters(learningRate: .nan), BPRParameters(regularization: -1), BPRParameters(foldInSteps: 0),
        ] {
            #expect(throws: RecommenderError.self) { try BPRModel.fit(matrix, parameters: parameters) }
        }
        let error = #expect(throws: RecommenderError.self) {
            try BPRModel.fit(matrix, context: FitContext(isCancelled: { true }))
        }
        #expect(error?.code == .cancelled)
    }

    @Test func `one user with the only item makes a sane model`() throws {
        let single = try InteractionMatrix(userCount: 1, itemCount: 1, interactions: [Interaction(user: 0, item: 0)])
        let model = try BPRModel.fit(single)
        #expect(try model.scorer(for: [WeightedItem(item: 0)]).scores().allSatisfy { $0.isFinite })
        #expect(try model.scorer(ofUser: 0, history: []).scores().allSatisfy { $0.isFinite })
    }
}
