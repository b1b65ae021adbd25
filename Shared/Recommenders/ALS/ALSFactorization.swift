/// Both sides of a factorisation: the model, which knows the items, and the vectors of the matrix's users.
public struct ALSFactorization: Hashable, Sendable {
    /// The items' side.
    public let model: ALSModel
    let users: FactorMatrix

    /// All users' vectors one after the other, users x factors.
    public var userFactors: [Float] { users.unpadded }

    /// Fits both sides; throws `invalidParameter` or `cancelled`.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters = ALSParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> ALSFactorization {
        try parameters.validate()
        let start = try parameters.startingItems(of: matrix, context)
        return try fit(matrix, parameters: parameters, startingFrom: start, context: context)
    }

    static func fit(
        _ matrix: InteractionMatrix,
        parameters: ALSParameters,
        startingFrom initialItems: FactorMatrix,
        context: FitContext
    ) throws(RecommenderError) -> ALSFactorization {
        let objective = ALSObjective(parameters: parameters)
        var items = initialItems
        var users = FactorMatrix(rowCount: matrix.userCount, width: parameters.factors)
        let userRows = ALSRows(matrix.byUser, objective)
        let itemRows = ALSRows(matrix.byItem, objective)
        var userStep = ALSHalfStep(rows: userRows, objective: objective, isWarm: false, context: context)
        let itemStep = ALSHalfStep(rows: itemRows, objective: objective, isWarm: true, context: context)
        for iteration in 0..<parameters.iterations {
            try userStep(&users, given: items)
            try itemStep(&items, given: users)
            userStep.isWarm = true
            context.progress(Double(iteration + 1) / Double(parameters.iterations))
        }
        let model = ALSModel(parameters: parameters, items: items, workers: context.workers)
        return ALSFactorization(model: model, users: users)
    }

    /// The vector of a new or changed item whose interactions are these, by the equations of the fit: an exact solution
    /// given the users' vectors.
    ///
    /// `users` holds indices of users where it says item. Throws `indexOutOfRange` or `invalidWeight`.
    public func foldIn(itemOf users: [WeightedItem]) throws(RecommenderError) -> [Float] {
        let history = try users.validated(itemCount: self.users.rowCount)
        let folded = ALSFold(
            history,
            given: self.users,
            gram: self.users.gram(workers: .serial),
            objective: ALSObjective(parameters: model.parameters)
        )
        return Array(folded.vector.prefix(self.users.width))
    }

    /// The objective's value on `matrix`, see ``ALSLoss``.
    public func loss(on matrix: InteractionMatrix) throws(RecommenderError) -> Double {
        try ALSLoss(matrix, parameters: model.parameters).value(users: userFactors, items: model.itemFactors)
    }
}

/// One row folded in: its equations solved exactly.
struct ALSFold {
    /// The solution, padded.
    let vector: [Float]
    /// The Cholesky factor of the equations; empty for a row without entries.
    let factor: [Float]
    /// t of each entry.
    let targets: [Float]

    init(_ history: [WeightedItem], given: FactorMatrix, gram: [Float], objective: ALSObjective) {
        var vector = [Float](repeating: 0, count: given.stride)
        let targets = history.map { objective.target($0.weight) }
        self.targets = targets
        guard !history.isEmpty else {
            factor = []
            self.vector = vector
            return
        }
        let columns = history.map { Int32(truncatingIfNeeded: $0.item) }
        let weights = history.map { objective.weight($0.weight) }
        var equations = ALSEquations(gram: gram, width: given.width, stride: given.stride, objective: objective)
        given.values.withUnsafeBufferPointer { vectors in
            vector.withUnsafeMutableBufferPointer { solution in
                guard let vectors = vectors.baseAddress, let solution = solution.baseAddress else { return }
                equations.solve(
                    vectors,
                    columns,
                    weights,
                    targets,
                    count: history.count,
                    others: given.rowCount,
                    into: solution
                )
            }
        }
        factor = equations.factor
        self.vector = vector
    }
}
