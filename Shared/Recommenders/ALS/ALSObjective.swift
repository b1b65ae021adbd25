import Glibc

/// The numbers of the normal equations (α₀VᵀV + Σ c·vvᵀ + λ_u I) x = Σ t·v that all objectives share.
struct ALSObjective: Sendable {
    let parameters: ALSParameters

    /// α₀: the weight of every pair's squared score.
    var unobserved: Float {
        switch parameters.objective {
        case .confidence, .weightedRegularization: 1
        case .frequencyScaled(let unobserved, _): unobserved
        }
    }

    /// Whether all rows have the same λ.
    var hasUniformRegularization: Bool {
        switch parameters.objective {
        case .confidence: true
        case .weightedRegularization: false
        case .frequencyScaled(_, let exponent): exponent == 0
        }
    }

    /// λ_u of a row with `count` entries, when the other side has `others` rows.
    func regularization(count: Int, others: Int) -> Float {
        switch parameters.objective {
        case .confidence: parameters.regularization
        case .weightedRegularization: parameters.regularization * Float(count)
        case .frequencyScaled(let unobserved, let exponent):
            parameters.regularization * Self.power(Float(count) + unobserved * Float(others), exponent)
        }
    }

    /// c: what an entry of this weight adds to the matrix.
    func weight(_ value: Float) -> Float {
        switch parameters.objective {
        // At most a number whose squares stay finite.
        case .confidence, .weightedRegularization: min(parameters.confidence(value) - 1, Self.largest)
        case .frequencyScaled: 1
        }
    }

    /// t: what an entry of this weight adds to the right side.
    func target(_ value: Float) -> Float {
        switch parameters.objective {
        case .confidence, .weightedRegularization: min(parameters.confidence(value), Self.largest)
        case .frequencyScaled: 1
        }
    }

    private static let largest: Float = 1e15

    private static func power(_ base: Float, _ exponent: Float) -> Float {
        exponent == 1 ? base : Float(pow(Double(base), Double(exponent)))
    }
}

/// The rows of one side with c and t of each entry.
struct ALSRows: Sendable {
    let rows: SparseRows
    /// c per entry.
    let weights: [Float]
    /// t per entry.
    let targets: [Float]

    init(_ rows: SparseRows, _ objective: ALSObjective) {
        self.rows = rows
        weights = rows.values.map(objective.weight)
        targets = rows.values.map(objective.target)
    }
}
