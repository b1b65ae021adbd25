/// Matrix factorisation that learns to rank what a user chose above what the user did not.
///
/// Bayesian personalised ranking (Rendle, Freudenthaler, Gantner and Schmidt-Thieme 2009), fitted by stochastic gradient
/// descent in batches, one after the other on one thread: the same seed gives the same bytes. Weights of the matrix have
/// no effect. Keeps the users' vectors; see ``scorer(ofUser:history:)``.
public struct BPRModel: Recommender, Hashable {
    /// How the model was fitted.
    public let parameters: BPRParameters
    let users: FactorMatrix
    let items: FactorMatrix
    /// A number per item that counts for all users, if the parameters want it.
    let biases: [Float]?

    /// How many items have vectors.
    public var itemCount: Int { items.rowCount }

    /// Fits the model; throws `invalidParameter`, also when the steps were too long and the vectors left all bounds, or
    /// `cancelled`.
    public static func fit(
        _ matrix: InteractionMatrix,
        parameters: BPRParameters = BPRParameters(),
        context: FitContext = FitContext()
    ) throws(RecommenderError) -> BPRModel {
        try parameters.validate()
        var users = FactorMatrix(rowCount: matrix.userCount, width: parameters.factors)
        var items = FactorMatrix(rowCount: matrix.itemCount, width: parameters.factors)
        users.fillNormally(deviation: 0.1, seed: context.seed)
        items.fillNormally(deviation: 0.1, seed: context.seed &+ 1)
        let biases = parameters.hasItemBias ? [Float](repeating: 0, count: matrix.itemCount) : nil
        var batch = BPRBatch(users: users, items: items, biases: biases, parameters: parameters)
        var sampler = BPRSampler(matrix, sampling: parameters.sampling, seed: context.seed &+ 2)
        for epoch in 0..<parameters.epochs {
            for first in stride(from: 0, to: sampler.epochSize, by: parameters.batchSize) {
                for _ in first..<min(first + parameters.batchSize, sampler.epochSize) { batch.add(sampler.next()) }
                batch.step()
                if (first / parameters.batchSize) % 256 == 0 { try context.checkCancellation() }
            }
            try context.checkCancellation()
            context.progress(Double(epoch + 1) / Double(parameters.epochs))
        }
        users = batch.users.matrix
        // Nothing was learned about users without interactions.
        for user in 0..<matrix.userCount where matrix.byUser.range(of: user).isEmpty {
            for factor in 0..<users.stride { users.values[user * users.stride + factor] = 0 }
        }
        let model = BPRModel(
            parameters: parameters,
            users: users,
            items: batch.items.matrix,
            biases: batch.biases?.matrix.unpadded
        )
        guard model.isBounded else {
            throw RecommenderError(.invalidParameter, "the vectors grew without bounds: learningRate, regularization")
        }
        return model
    }

    /// The scores of a history that need not be one of the matrix: its vector is learned with the items' fixed.
    public func scorer(for history: [WeightedItem]) throws(RecommenderError) -> BPRScorer {
        BPRScorer(model: self, user: padded(try foldIn(history)))
    }

    /// The scores of the vector that was learned for this user of the matrix, whatever the history.
    ///
    /// Throws `indexOutOfRange`.
    public func scorer(ofUser user: Int, history: [WeightedItem]) throws(RecommenderError) -> BPRScorer {
        guard (0..<users.rowCount).contains(user) else {
            throw RecommenderError(.indexOutOfRange, "user \(user) in a model of \(users.rowCount)")
        }
        return BPRScorer(model: self, user: padded(Array(users.row(user))))
    }

    /// The vector of a user with this history: steps on it alone, from zero; zero for an empty history.
    public func foldIn(_ history: [WeightedItem]) throws(RecommenderError) -> [Float] {
        let history = try history.validated(itemCount: itemCount)
        guard !history.isEmpty, history.count < itemCount else {
            return [Float](repeating: 0, count: parameters.factors)
        }
        let alone = try InteractionMatrix(
            userCount: 1,
            itemCount: itemCount,
            interactions: history.map { Interaction(user: 0, item: $0.item) }
        )
        var batch = BPRBatch(
            users: FactorMatrix(rowCount: 1, width: parameters.factors),
            items: items,
            biases: biases,
            parameters: parameters,
            areItemsFixed: true
        )
        var sampler = BPRSampler(alone, sampling: .users, seed: 42)
        for _ in 0..<parameters.foldInSteps {
            for _ in 0..<parameters.batchSize { batch.add(sampler.next()) }
            batch.step()
        }
        return Array(batch.users.matrix.row(0))
    }

    /// The vector of an item.
    public func vector(of item: Int) -> [Float] { Array(items.row(item)) }

    private var isBounded: Bool {
        let limit: Float = 1e15
        return users.values.allSatisfy { abs($0) < limit } && items.values.allSatisfy { abs($0) < limit }
            && (biases ?? []).allSatisfy { abs($0) < limit }
    }

    private func padded(_ vector: [Float]) -> [Float] {
        vector + [Float](repeating: 0, count: items.stride - items.width)
    }
}

/// One user in front of a ``BPRModel``.
public struct BPRScorer: HistoryScorer {
    let model: BPRModel
    /// The user's vector, padded.
    let user: [Float]

    /// The user's vector times each item's, plus the items' biases; zero everywhere when nothing is known of the user.
    public func scores() -> [Float] {
        guard user.contains(where: { $0 != 0 }) else { return [Float](repeating: 0, count: model.itemCount) }
        let scores = model.items.product(with: user)
        guard let biases = model.biases else { return scores }
        return zip(scores, biases).map(+)
    }

    /// Empty: the vector does not remember what it was learned from.
    public func parts(of item: Int) -> [Contribution] { [] }
}
