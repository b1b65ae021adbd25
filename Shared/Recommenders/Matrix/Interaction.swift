/// One cell of an interaction matrix: how strongly a user showed interest in an item.
public struct Interaction: Hashable, Sendable {
    /// The user's row.
    public var user: Int
    /// The item's column.
    public var item: Int
    /// The strength, positive and finite; zero is the same as no interaction.
    public var weight: Float

    /// Creates an interaction.
    public init(user: Int, item: Int, weight: Float = 1) {
        self.user = user
        self.item = item
        self.weight = weight
    }
}

/// An item of a user's history, with its strength.
public struct WeightedItem: Hashable, Sendable {
    /// The item's index in the model.
    public var item: Int
    /// The strength, in the unit of the matrix the model was fitted to.
    public var weight: Float

    /// Creates a history entry.
    public init(item: Int, weight: Float = 1) {
        self.item = item
        self.weight = weight
    }
}

/// An item and how well it fits.
public struct ScoredItem: Hashable, Sendable {
    /// The item's index in the model.
    public var item: Int
    /// The score; comparable only with scores of the same model and history.
    public var score: Float

    /// Creates a scored item.
    public init(item: Int, score: Float) {
        self.item = item
        self.score = score
    }
}

/// How much one item of the history added to the score of a recommended item.
public struct Contribution: Hashable, Sendable {
    /// The item of the history.
    public var item: Int
    /// Its part of the score, possibly negative; the parts of all history items sum to the score.
    public var amount: Float

    /// Creates a contribution.
    public init(item: Int, amount: Float) {
        self.item = item
        self.amount = amount
    }
}
