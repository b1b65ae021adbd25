/// The value of an objective of ``ALSParameters`` for given vectors, in double precision: what a fit makes smaller.
///
/// With scores s = x·y it is α₀ Σ s² over all pairs, plus Σ (c·s² − 2·t·s + t) over the interactions, plus the squared
/// lengths times their λ. For Hu et al. that is Σ C·(p − s)² over all pairs plus λ (Σ‖x‖² + Σ‖y‖²); for Rendle et al. it
/// is Σ (1 − s)² over the interactions plus α₀ Σ s² over all pairs plus Σ λ_u ‖x‖² + Σ λ_i ‖y‖².
public struct ALSLoss: Sendable {
    private let matrix: InteractionMatrix
    private let objective: ALSObjective

    /// The loss on `matrix`; throws `invalidParameter`.
    public init(_ matrix: InteractionMatrix, parameters: ALSParameters) throws(RecommenderError) {
        try parameters.validate()
        self.matrix = matrix
        objective = ALSObjective(parameters: parameters)
    }

    /// The value for vectors that stand one after the other, `users` x factors and `items` x factors, whoever fitted them.
    ///
    /// Throws `invalidParameter` when there are not as many numbers as the matrix and the parameters say.
    public func value(users: [Float], items: [Float]) throws(RecommenderError) -> Double {
        let width = objective.parameters.factors
        guard users.count == matrix.userCount * width, items.count == matrix.itemCount * width else {
            throw RecommenderError(.invalidParameter, "\(users.count) and \(items.count) numbers of \(width) factors")
        }
        var fromUsers = FactorMatrix(rowCount: matrix.userCount, width: width)
        fromUsers.fill(users)
        var fromItems = FactorMatrix(rowCount: matrix.itemCount, width: width)
        fromItems.fill(items)
        let grams = zip(LinearAlgebra.doubleGram(fromUsers), LinearAlgebra.doubleGram(fromItems))
        let everywhere = Double(objective.unobserved) * grams.reduce(0) { $0 + $1.0 * $1.1 }
        return everywhere + interactions(users, items) + lengths(users, matrix.byUser, others: matrix.itemCount)
            + lengths(items, matrix.byItem, others: matrix.userCount)
    }

    private func interactions(_ users: [Float], _ items: [Float]) -> Double {
        let width = objective.parameters.factors
        var sum = 0.0
        for user in 0..<matrix.userCount {
            for entry in matrix.byUser.range(of: user) {
                let item = Int(matrix.byUser.columns[entry])
                let value = matrix.byUser.values[entry]
                var score = 0.0
                for factor in 0..<width {
                    score += Double(users[user * width + factor]) * Double(items[item * width + factor])
                }
                let target = Double(objective.target(value))
                sum += Double(objective.weight(value)) * score * score - 2 * target * score + target
            }
        }
        return sum
    }

    private func lengths(_ vectors: [Float], _ rows: SparseRows, others: Int) -> Double {
        let width = objective.parameters.factors
        var sum = 0.0
        for row in 0..<rows.rowCount {
            let squares = vectors[row * width..<(row + 1) * width].reduce(0.0) { $0 + Double($1) * Double($1) }
            sum += Double(objective.regularization(count: rows.range(of: row).count, others: others)) * squares
        }
        return sum
    }
}
