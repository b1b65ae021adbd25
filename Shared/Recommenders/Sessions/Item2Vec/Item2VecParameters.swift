/// What can be tuned about item2vec.
public struct Item2VecParameters: Hashable, Sendable {
    /// The length of an item's vector, from 1 to 1,024.
    public var dimension: Int
    /// How many clicks two items may be apart to count as together, from 1 to 10,000; the paper takes whole sessions.
    public var window: Int
    /// How many random items stand against each item that was there, from 1 to 100.
    public var negatives: Int
    /// Random items are drawn by the power of their clicks, from 0 (all alike) to 1.
    public var negativeExponent: Double
    /// How often all sessions are gone through, from 1 to 10,000.
    public var epochs: Int
    /// The first step size, which falls to a hundredth in equal steps; above 0, at most 1.
    public var learningRate: Float
    /// Clicks on items with a larger share of all clicks than this are left out at random, √(share allowed / share) of them
    /// staying; above 0, `nil` for none.
    public var subsampling: Double?
    /// How many of the last clicks make the session's vector, from 1 to 100.
    public var lastClicks: Int
    /// How much less each click counts than the one after it, from 0 to 1.
    public var clickDecay: Float

    /// Creates parameters.
    public init(
        dimension: Int = 64,
        window: Int = 10,
        negatives: Int = 5,
        negativeExponent: Double = 0.75,
        epochs: Int = 20,
        learningRate: Float = 0.05,
        subsampling: Double? = nil,
        lastClicks: Int = 10,
        clickDecay: Float = 0.7
    ) {
        self.dimension = dimension
        self.window = window
        self.negatives = negatives
        self.negativeExponent = negativeExponent
        self.epochs = epochs
        self.learningRate = learningRate
        self.subsampling = subsampling
        self.lastClicks = lastClicks
        self.clickDecay = clickDecay
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        func check(_ isValid: Bool, _ text: @autoclosure () -> String) throws(RecommenderError) {
            guard isValid else { throw RecommenderError(.invalidParameter, text()) }
        }
        try check((1...1024).contains(dimension), "dimension \(dimension)")
        try check((1...10_000).contains(window), "window \(window)")
        try check((1...100).contains(negatives), "negatives \(negatives)")
        try check((0...1).contains(negativeExponent), "negativeExponent \(negativeExponent)")
        try check((1...10_000).contains(epochs), "epochs \(epochs)")
        try check(learningRate > 0 && learningRate <= 1, "learningRate \(learningRate)")
        if let subsampling { try check(subsampling > 0 && subsampling.isFinite, "subsampling \(subsampling)") }
        try check((1...100).contains(lastClicks), "lastClicks \(lastClicks)")
        try check((0...1).contains(clickDecay), "clickDecay \(clickDecay)")
    }
}
