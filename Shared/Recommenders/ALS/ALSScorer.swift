/// One history folded into an ``ALSModel``.
public struct ALSScorer: HistoryScorer {
    private let model: ALSModel
    /// Sorted by item, each item once.
    let history: [WeightedItem]
    /// The confidence in each item of ``history``.
    private let confidences: [Float]
    /// The Cholesky factor of the user's equations; explanations need it again.
    private let factor: [Float]
    /// The user's vector, padded.
    let user: [Float]

    init(model: ALSModel, history: [WeightedItem]) {
        let (width, stride) = (model.items.width, model.items.stride)
        let confidences = history.map { model.parameters.confidence($0.weight) }
        var matrix = history.isEmpty ? [] : model.commonTerm
        var user = [Float](repeating: 0, count: stride)
        model.items.values.withUnsafeBufferPointer { items in
            matrix.withUnsafeMutableBufferPointer { matrix in
                user.withUnsafeMutableBufferPointer { user in
                    guard let items = items.baseAddress, let matrix = matrix.baseAddress,
                        let user = user.baseAddress, !history.isEmpty
                    else { return }
                    var products = OuterProductSum(target: matrix, width: width, stride: stride)
                    for (entry, confidence) in zip(history, confidences) {
                        let vector = items + entry.item * stride
                        products.add(vector, weight: confidence - 1)
                        Kernels.add(vector, times: confidence, to: user, stride)
                    }
                    products.finish()
                    Cholesky(factorizing: matrix, width: width, stride: stride).solve(user)
                }
            }
        }
        self.model = model
        self.history = history
        self.confidences = confidences
        self.user = user
        factor = matrix
    }

    /// The user's vector times each item's.
    public func scores() -> [Float] { model.items.product(with: user) }

    /// The decomposition of Hu et al., section 5: item j adds confidence · yⱼᵀ·W·yᵢ, W the inverse of the user's equations.
    public func contributions(to item: Int) -> [Contribution] {
        zip(history, parts(of: item)).map { Contribution(item: $0.item, amount: $1) }.ranked()
    }

    /// The contributions in the order of ``history``.
    func parts(of item: Int) -> [Float] {
        guard !history.isEmpty else { return [] }
        let (width, stride) = (model.items.width, model.items.stride)
        var weighted = Array(model.items.values[item * stride..<(item + 1) * stride])
        weighted.withUnsafeMutableBufferPointer { weighted in
            factor.withUnsafeBufferPointer { factor in
                guard let factor = factor.baseAddress, let weighted = weighted.baseAddress else { return }
                // Solving only reads the factor.
                let readOnly = UnsafeMutablePointer(mutating: factor)
                Cholesky(factor: readOnly, width: width, stride: stride).solve(weighted)
            }
        }
        return [Float](unsafeUninitializedCapacity: history.count) { parts, count in
            model.items.values.withUnsafeBufferPointer { items in
                weighted.withUnsafeBufferPointer { weighted in
                    guard let items = items.baseAddress, let weighted = weighted.baseAddress else { return }
                    for (index, entry) in history.enumerated() {
                        let similarity = Kernels.dot(items + entry.item * stride, weighted, stride)
                        parts.initializeElement(at: index, to: confidences[index] * similarity)
                    }
                }
            }
            count = history.count
        }
    }
}
