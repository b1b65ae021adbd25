public import Ranking
public import Recommenders

/// The last stage of a list: proposals are merged, and a ranker orders the best of them anew.
public struct CandidateRanking: Hashable, Sendable {
    /// How proposals become candidates.
    public var merge: CandidateMerge
    /// How many candidates the ranker looks at.
    public var depth: Int

    /// Creates the stage.
    public init(merge: CandidateMerge = .reciprocalRankFusion(), depth: Int = 300) {
        self.merge = merge
        self.depth = depth
    }

    /// The candidates that are ranked, best first by their merged score.
    public func candidates(from proposals: [Proposals]) -> [Candidate] {
        Array(merge(proposals).prefix(depth))
    }

    /// The candidates in the ranker's order, with its scores; ties keep the merged order.
    ///
    /// Throws `otherFeatures` when the ranker was fitted to other features.
    public func rank(
        _ proposals: [Proposals],
        for request: CandidateFeatures.Request,
        features: CandidateFeatures,
        ranker: LambdaMARTRanker
    ) throws(RankingError) -> [Candidate] {
        guard ranker.featureNames == features.names else {
            throw RankingError(.otherFeatures, "the ranker knows \(ranker.featureNames), not \(features.names)")
        }
        let candidates = candidates(from: proposals)
        let scores = try ranker.scores(features.rows(of: candidates, from: proposals, for: request))
        return zip(candidates, scores).enumerated()
            .sorted { left, right in
                let (a, b) = (left.element.1, right.element.1)
                return a != b ? a > b : left.offset < right.offset
            }
            .map { entry in
                var candidate = entry.element.0
                candidate.score = entry.element.1
                return candidate
            }
    }
}
