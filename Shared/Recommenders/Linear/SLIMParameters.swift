/// What can be tuned about sparse linear methods.
public struct SLIMParameters: Hashable, Sendable {
    /// How many weights each target keeps, the largest, at least one.
    public var neighbours: Int
    /// The weight α of both penalties, above zero; the squared error counts 1/(2 · users).
    public var regularization: Double
    /// The share of α that the sum of the weights gets, from 0 to 1; what remains goes to half the sum of their squares.
    public var l1Ratio: Double
    /// When to stop: once a sweep over the weights changes none by more than this share of the largest, above zero.
    public var tolerance: Double
    /// How many sweeps there are at most per item, at least one.
    public var sweeps: Int

    /// Creates parameters.
    public init(
        neighbours: Int = 500,
        regularization: Double = 0.01,
        l1Ratio: Double = 0.001,
        tolerance: Double = 1e-3,
        sweeps: Int = 100
    ) {
        self.neighbours = neighbours
        self.regularization = regularization
        self.l1Ratio = l1Ratio
        self.tolerance = tolerance
        self.sweeps = sweeps
    }

    /// Throws `invalidParameter` for a value outside its range.
    public func validate() throws(RecommenderError) {
        guard (1...Int(Int32.max)).contains(neighbours), regularization > 0, regularization.isFinite,
            (0...1).contains(l1Ratio), tolerance > 0, tolerance < 1, sweeps >= 1
        else { throw RecommenderError(.invalidParameter, "\(self)") }
    }
}
