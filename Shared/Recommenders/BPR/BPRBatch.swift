import Glibc

/// A user, an item that the user chose, and one that the user did not.
struct BPRTriple: Hashable, Sendable {
    var user: Int
    var chosen: Int
    var other: Int
}

/// The state of a fit: vectors of both sides and the gradients of one batch.
///
/// Minimises Σ −ln σ(x_ui − x_uj) + λ/2 (‖w_u‖² + ‖h_i‖² + ‖h_j‖²) over the triples drawn (Rendle et al. 2009, section 4).
/// A bias is one more factor of the items, whose number on the users' side is one and never moves.
struct BPRBatch {
    private(set) var users: BPRVectors
    private(set) var items: BPRVectors
    private(set) var biases: BPRVectors?
    private let parameters: BPRParameters
    private let areItemsFixed: Bool

    init(
        users: FactorMatrix,
        items: FactorMatrix,
        biases: [Float]?,
        parameters: BPRParameters,
        areItemsFixed: Bool = false
    ) {
        self.parameters = parameters
        self.areItemsFixed = areItemsFixed
        self.users = BPRVectors(users, optimizer: parameters.optimizer)
        self.items = BPRVectors(items, optimizer: areItemsFixed ? .gradientDescent : parameters.optimizer)
        self.biases = biases.map { values in
            var column = FactorMatrix(rowCount: values.count, width: 1)
            column.fill(values)
            return BPRVectors(column, optimizer: parameters.optimizer)
        }
    }

    /// x_ui − x_uj.
    func difference(_ triple: BPRTriple) -> Float {
        let stride = items.matrix.stride
        var difference: Float = 0
        users.matrix.values.withUnsafeBufferPointer { users in
            items.matrix.values.withUnsafeBufferPointer { items in
                guard let users = users.baseAddress, let items = items.baseAddress else { return }
                let user = users + triple.user * stride
                difference =
                    Kernels.dot(user, items + triple.chosen * stride, stride)
                    - Kernels.dot(user, items + triple.other * stride, stride)
            }
        }
        guard let biases else { return difference }
        let values = biases.matrix
        return difference + values.values[triple.chosen * values.stride] - values.values[triple.other * values.stride]
    }

    /// Adds the gradient of one triple.
    mutating func add(_ triple: BPRTriple) {
        let stride = items.matrix.stride
        let decay = parameters.regularization
        // The derivative of −ln σ(x) is −σ(−x).
        let slope = -1 / (1 + exp(difference(triple)))
        let (userValues, itemValues) = (users.matrix.values, items.matrix.values)
        userValues.withUnsafeBufferPointer { userValues in
            itemValues.withUnsafeBufferPointer { itemValues in
                guard let user = userValues.baseAddress, let item = itemValues.baseAddress else { return }
                let chosen = item + triple.chosen * stride
                let other = item + triple.other * stride
                users.add(to: triple.user, slope, chosen, minus: other, decay: decay)
                guard !areItemsFixed else { return }
                items.add(to: triple.chosen, slope, user + triple.user * stride, decay: decay)
                items.add(to: triple.other, -slope, user + triple.user * stride, decay: decay)
            }
        }
        guard !areItemsFixed, biases != nil else { return }
        var one = [Float](repeating: 0, count: FactorMatrix.padded(1))
        one[0] = 1
        biases?.add(to: triple.chosen, slope, one, decay: decay)
        biases?.add(to: triple.other, -slope, one, decay: decay)
    }

    /// Moves what the triples added since the last step touched.
    mutating func step() {
        users.step(rate: parameters.learningRate)
        guard !areItemsFixed else { return }
        items.step(rate: parameters.learningRate)
        biases?.step(rate: parameters.learningRate)
    }
}
