/// How much a ranker owes to a feature.
public struct FeatureImportance: Hashable, Sendable {
    /// The feature.
    public var name: String
    /// The sum of what the splits on it took from the loss, as XGBoost's `total_gain`.
    public var gain: Float
    /// How many splits ask for it.
    public var splits: Int
}

/// Why a row has its score: SHAP values (Lundberg and others 2020), whose sum with the bias is the score.
public struct ScoreContributions: Hashable, Sendable {
    /// One number per feature, in the order of the ranker's names.
    public var values: [Float]
    /// The mean score, which no feature explains.
    public var bias: Float
}
