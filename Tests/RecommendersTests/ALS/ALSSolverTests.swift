import Testing

@testable import Recommenders

@Suite struct ALSSolverTests {
    static let objectives: [ALSParameters.Objective] = [
        .confidence, .weightedRegularization, .frequencyScaled(unobserved: 0.3),
        .frequencyScaled(unobserved: 0.1, exponent: 0.5),
    ]

    private let matrix: InteractionMatrix

    init() throws {
        matrix = try RandomData.matrix(userCount: 40, itemCount: 30, density: 0.2, seed: 11)
    }

    private func parameters(_ objective: ALSParameters.Objective, _ solver: ALSParameters.Solver) -> ALSParameters {
        var isConfidence = false
        if case .confidence = objective { isConfidence = true }
        return ALSParameters(
            factors: 11,
            iterations: 1,
            regularization: isConfidence ? 0.7 : 0.02,
            confidence: .linear(alpha: 3),
            objective: objective,
            solver: solver
        )
    }

    private func start() -> FactorMatrix {
        var items = FactorMatrix(rowCount: 30, width: 11)
        items.fillNormally(deviation: 0.5, seed: 3)
        return items
    }

    @Test(arguments: objectives)
    func `all objectives equal the dense computation`(objective: ALSParameters.Objective) throws {
        let parameters = parameters(objective, .cholesky)
        let users = DenseReference.leastSquares(
            weights: DenseReference.matrix(matrix.byUser, columnCount: 30),
            given: DenseReference.matrix(start()),
            parameters
        )
        let items = DenseReference.leastSquares(
            weights: DenseReference.matrix(matrix.byItem, columnCount: 40),
            given: users,
            parameters
        )
        let fit = try ALSFactorization.fit(matrix, parameters: parameters, startingFrom: start(), context: FitContext())
        for (fast, dense) in zip(fit.userFactors, users.joined()) { #expect(abs(Double(fast) - dense) < 1e-3) }
        for (fast, dense) in zip(fit.model.itemFactors, items.joined()) { #expect(abs(Double(fast) - dense) < 2e-3) }
    }

    @Test(arguments: objectives)
    func `conjugate gradient with enough steps equals Cholesky`(objective: ALSParameters.Objective) throws {
        let exact = try ALSFactorization.fit(
            matrix,
            parameters: parameters(objective, .cholesky),
            startingFrom: start(),
            context: FitContext()
        )
        let stepped = try ALSFactorization.fit(
            matrix,
            parameters: parameters(objective, .conjugateGradient(steps: 40)),
            startingFrom: start(),
            context: FitContext()
        )
        for (one, other) in zip(exact.userFactors, stepped.userFactors) { #expect(abs(one - other) < 2e-3) }
        for (one, other) in zip(exact.model.itemFactors, stepped.model.itemFactors) { #expect(abs(one - other) < 2e-3) }
    }

    @Test(arguments: objectives, [1, 4, 8, 64])
    func `repeated block steps converge to Cholesky's solution`(
        objective: ALSParameters.Objective,
        size: Int
    ) throws {
        let rows = ALSRows(matrix.byUser, ALSObjective(parameters: parameters(objective, .cholesky)))
        func solved(_ solver: ALSParameters.Solver, sweeps: Int) throws -> FactorMatrix {
            let objective = ALSObjective(parameters: parameters(objective, solver))
            var users = FactorMatrix(rowCount: 40, width: 11)
            let step = ALSHalfStep(rows: rows, objective: objective, isWarm: true, context: FitContext())
            for _ in 0..<sweeps { try step(&users, given: start()) }
            return users
        }
        let exact = try solved(.cholesky, sweeps: 1)
        let blocks = try solved(.block(size: size), sweeps: 400)
        for (one, other) in zip(exact.values, blocks.values) { #expect(abs(one - other) < 5e-3) }
    }

    @Test(arguments: objectives)
    func `the loss equals the dense sum and falls with every iteration`(objective: ALSParameters.Objective) throws {
        for solver: ALSParameters.Solver in [.cholesky, .automatic, .block(size: 4)] {
            var last = Double.infinity
            for iterations in 1...8 {
                var parameters = parameters(objective, solver)
                parameters.iterations = iterations
                let fit = try ALSFactorization.fit(
                    matrix,
                    parameters: parameters,
                    startingFrom: start(),
                    context: FitContext()
                )
                let loss = try fit.loss(on: matrix)
                let dense = denseLoss(fit, parameters)
                #expect(abs(loss - dense) < 1e-6 * loss)
                #expect(loss < last * (1 + 1e-6))
                last = loss
            }
        }
    }

    private func denseLoss(_ fit: ALSFactorization, _ parameters: ALSParameters) -> Double {
        let (users, items) = (DenseReference.matrix(fit.users), DenseReference.matrix(fit.model.items))
        let values = DenseReference.matrix(matrix.byUser, columnCount: 30)
        let objective = ALSObjective(parameters: parameters)
        var sum = 0.0
        for user in 0..<40 {
            for item in 0..<30 {
                let score = DenseReference.dot(users[user], items[item])
                let isSeen = values[user][item] > 0
                switch parameters.objective {
                case .confidence, .weightedRegularization:
                    let confidence = isSeen ? Double(parameters.confidence(Float(values[user][item]))) : 1
                    sum += confidence * ((isSeen ? 1 : 0) - score) * ((isSeen ? 1 : 0) - score)
                case .frequencyScaled(let unobserved, _):
                    sum += Double(unobserved) * score * score + (isSeen ? (1 - score) * (1 - score) : 0)
                }
            }
        }
        for (vectors, rows, others) in [(users, matrix.byUser, 30), (items, matrix.byItem, 40)] {
            for (row, vector) in vectors.enumerated() {
                let regularization = objective.regularization(count: rows.range(of: row).count, others: others)
                sum += Double(regularization) * DenseReference.dot(vector, vector)
            }
        }
        return sum
    }

    @Test(arguments: objectives)
    func `folding in users and items equals the refit of them`(objective: ALSParameters.Objective) throws {
        var parameters = parameters(objective, .cholesky)
        parameters.iterations = 5
        let fit = try ALSFactorization.fit(matrix, parameters: parameters)
        let users = DenseReference.leastSquares(
            weights: DenseReference.matrix(matrix.byUser, columnCount: 30),
            given: DenseReference.matrix(fit.model.items),
            parameters
        )
        for user in 0..<40 {
            let folded = try fit.model.foldIn(matrix.byUser.entries(of: user))
            for (fast, dense) in zip(folded, users[user]) { #expect(abs(Double(fast) - dense) < 2e-3) }
        }
        for item in 0..<30 {
            let folded = try fit.foldIn(itemOf: matrix.byItem.entries(of: item))
            for (fast, fitted) in zip(folded, fit.model.vector(of: item)) { #expect(abs(fast - fitted) < 2e-3) }
        }
    }

    @Test func `an update starts from the model and gives new items vectors`() throws {
        let larger = try RandomData.matrix(userCount: 50, itemCount: 36, density: 0.2, seed: 12)
        let parameters = ALSParameters(factors: 6, iterations: 30, regularization: 1)
        let model = try ALSModel.fit(matrix, parameters: parameters)
        let updated = try model.updated(with: larger, iterations: 2)
        #expect(updated.itemCount == 36)
        #expect(updated.parameters == parameters)
        #expect(updated.vector(of: 35).contains { $0 != 0 })
        // A converged model changes little when nothing has changed.
        let again = try model.updated(with: matrix, iterations: 1)
        for (one, other) in zip(model.itemFactors, again.itemFactors) { #expect(abs(one - other) < 0.02) }
        #expect(throws: RecommenderError.self) { try updated.updated(with: matrix) }
    }

    @Test func `the spectral start is nearer to the solution`() throws {
        let matrix = try RandomData.matrix(userCount: 300, itemCount: 200, density: 0.05, seed: 4)
        var losses: [Double] = []
        for start: ALSParameters.Start in [.published, .spectral] {
            let parameters = ALSParameters(factors: 12, iterations: 1, regularization: 1, start: start)
            losses.append(try ALSFactorization.fit(matrix, parameters: parameters).loss(on: matrix))
        }
        #expect(losses[1] < losses[0])
    }

    @Test(arguments: [ALSParameters.Solver.cholesky, .conjugateGradient(steps: 2), .block(size: 8)], objectives)
    func `threads change nothing`(solver: ALSParameters.Solver, objective: ALSParameters.Objective) throws {
        let matrix = try RandomData.matrix(userCount: 300, itemCount: 200, density: 0.05, seed: 4)
        var parameters = parameters(objective, solver)
        parameters.iterations = 2
        parameters.start = .spectral
        let serial = try ALSFactorization.fit(matrix, parameters: parameters)
        let parallel = try ALSFactorization.fit(
            matrix,
            parameters: parameters,
            context: FitContext(workers: .dispatch(count: 3))
        )
        #expect(serial == parallel)
    }

    @Test(arguments: [ALSParameters.Solver.automatic, .cholesky, .block(size: 3)], objectives)
    func `one user and one item make a sane model`(
        solver: ALSParameters.Solver,
        objective: ALSParameters.Objective
    ) throws {
        let single = try InteractionMatrix(userCount: 1, itemCount: 1, interactions: [Interaction(user: 0, item: 0)])
        for start: ALSParameters.Start in [.published, .spectral] {
            var parameters = parameters(objective, solver)
            parameters.iterations = 4
            parameters.start = start
            let scores = try ALSModel.fit(single, parameters: parameters).scorer(for: [WeightedItem(item: 0)]).scores()
            #expect(scores.allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: [
        ALSParameters(objective: .frequencyScaled(unobserved: 0)),
        ALSParameters(objective: .frequencyScaled(unobserved: 1, exponent: .nan)),
        ALSParameters(solver: .conjugateGradient(steps: 0)), ALSParameters(solver: .block(size: 0)),
    ])
    func `wrong parameters are typed errors`(parameters: ALSParameters) throws {
        let error = #expect(throws: RecommenderError.self) { try ALSModel.fit(matrix, parameters: parameters) }
        #expect(error?.code == .invalidParameter)
    }

    @Test(arguments: objectives)
    func `artefacts keep objective, solver and start`(objective: ALSParameters.Objective) throws {
        let parameters = ALSParameters(
            factors: 3,
            iterations: 2,
            regularization: 0.1,
            confidence: .logarithmic(alpha: 2, epsilon: 0.5),
            objective: objective,
            solver: .block(size: 2),
            start: .spectral
        )
        let model = try ALSModel.fit(matrix, parameters: parameters)
        #expect(try ALSModel(decodingSection: model.encodedSection()) == model)
    }
}
