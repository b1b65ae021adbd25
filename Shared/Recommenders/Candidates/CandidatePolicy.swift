/// A rule that decides which candidates may be shown.
public protocol CandidatePolicy: Sendable {
    /// Whether the candidate may stay.
    func allows(_ candidate: Candidate) -> Bool
}

/// Leaves out a fixed set of items.
public struct ExcludedItems: CandidatePolicy {
    /// The items that are left out.
    public let items: ItemSet

    /// Creates the rule.
    public init(_ items: ItemSet) {
        self.items = items
    }

    /// Whether the candidate is not in the set.
    public func allows(_ candidate: Candidate) -> Bool { !items.contains(candidate.item) }
}

/// Proposals in, one list out: merge, apply the policies, keep the best.
public struct CandidatePipeline: Sendable {
    /// How proposals are merged.
    public var merge: CandidateMerge
    /// What every candidate must pass.
    public var policies: [any CandidatePolicy]

    /// Creates a pipeline.
    public init(merge: CandidateMerge, policies: [any CandidatePolicy] = []) {
        self.merge = merge
        self.policies = policies
    }

    /// The best `limit` candidates that all policies allow.
    public func rank(_ proposals: [Proposals], limit: Int) -> [Candidate] {
        var kept: [Candidate] = []
        for candidate in merge(proposals) {
            guard kept.count < limit else { break }
            if policies.allSatisfy({ $0.allows(candidate) }) { kept.append(candidate) }
        }
        return kept
    }
}
