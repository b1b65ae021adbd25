/// One history folded into an ``ALSModel``.
public struct ALSScorer: HistoryScorer {
    let model: ALSModel
    /// Sorted by item, each item once.
    let history: [WeightedItem]
    private let fold: ALSFold

    init(model: ALSModel, history: [WeightedItem]) {
        self.model = model
        self.history = history
        fold = ALSFold(
            history,
            given: model.items,
            gram: model.gram,
            objective: ALSObjective(parameters: model.parameters)
        )
    }

    /// The user's vector, padded.
    var user: [Float] { fold.vector }

    /// The user's vector times each item's.
    public func scores() -> [Float] { model.items.product(with: user) }

    /// The user's vector times that of `item`, which must be below the model's item count.
    public func score(of item: Int) -> Float {
        let user = user
        return model.items.values.withUnsafeBufferPointer { items in
            user.withUnsafeBufferPointer { user in
                guard let items = items.baseAddress, let user = user.baseAddress else { return 0 }
                return Kernels.dot(items + item * model.items.stride, user, model.items.stride)
            }
        }
    }

    /// The best `limit` items that are not excluded: higher scores first, ties by ascending index.
    ///
    /// Exactly those that ``scores()`` gives, found without most of the products, see ``QuantizedItems``.
    public func top(_ limit: Int, excluding excluded: ItemSet = ItemSet()) -> [ScoredItem] {
        guard !history.isEmpty else { return [] }
        return model.quantized.top(limit, of: model.items, for: user, excluding: excluded)
    }

    /// The head of ``top(_:excluding:)`` above zero.
    public func best(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        Array(top(limit, excluding: excluded).prefix { $0.score > 0 })
    }

    /// The decomposition of Hu et al., section 5: item j adds t · yⱼᵀ·W·yᵢ (t its confidence), W the inverse of the user's equations.
    public func parts(of item: Int) -> [Contribution] {
        guard !history.isEmpty else { return [] }
        let (width, stride) = (model.items.width, model.items.stride)
        var weighted = Array(model.items.values[item * stride..<(item + 1) * stride])
        weighted.withUnsafeMutableBufferPointer { weighted in
            fold.factor.withUnsafeBufferPointer { factor in
                guard let factor = factor.baseAddress, let weighted = weighted.baseAddress else { return }
                // Solving only reads the factor.
                let readOnly = UnsafeMutablePointer(mutating: factor)
                Cholesky(factor: readOnly, width: width, stride: stride).solve(weighted)
            }
        }
        return [Contribution](unsafeUninitializedCapacity: history.count) { parts, count in
            model.items.values.withUnsafeBufferPointer { items in
                weighted.withUnsafeBufferPointer { weighted in
                    guard let items = items.baseAddress, let weighted = weighted.baseAddress else { return }
                    for (index, entry) in history.enumerated() {
                        let similarity = Kernels.dot(items + entry.item * stride, weighted, stride)
                        let amount = fold.targets[index] * similarity
                        parts.initializeElement(at: index, to: Contribution(item: entry.item, amount: amount))
                    }
                }
            }
            count = history.count
        }
    }
}
