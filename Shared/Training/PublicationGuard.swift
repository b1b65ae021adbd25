import Foundation

/// Whether a bundle may take the place of the one that serves: not if it is worse by more than a set share.
///
/// Both are asked about the same users. Worse means: the mean is lower by more than ``drop`` of the other's, and by more than
/// chance explains (the paired differences' normal interval of 95 % lies below zero).
public struct PublicationGuard: Sendable, Hashable {
    /// The share by which the figure may fall.
    public var drop: Double
    /// Figures of fewer users refuse nothing.
    public var minimumUsers: Int

    /// Creates a guard.
    public init(drop: Double = 0.1, minimumUsers: Int = 50) {
        self.drop = drop
        self.minimumUsers = minimumUsers
    }

    /// What came out of a comparison.
    public struct Verdict: Sendable, Hashable {
        /// Whether the candidate is worse than allowed.
        public var isRefused: Bool
        /// The mean of the candidate.
        public var candidate: Double
        /// The mean of what serves.
        public var serving: Double
        /// How many users were asked.
        public var users: Int
    }

    /// Compares figures of the same users in the same order.
    public func verdict(candidate: [Double], serving: [Double]) -> Verdict {
        let count = min(candidate.count, serving.count)
        guard count > 0 else { return Verdict(isRefused: false, candidate: 0, serving: 0, users: 0) }
        let means = (
            candidate: candidate.prefix(count).reduce(0, +) / Double(count),
            serving: serving.prefix(count).reduce(0, +) / Double(count)
        )
        var verdict = Verdict(
            isRefused: false,
            candidate: means.candidate,
            serving: means.serving,
            users: count
        )
        guard count >= max(2, minimumUsers) else { return verdict }
        let differences = zip(candidate, serving).map { $0 - $1 }
        let mean = means.candidate - means.serving
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        let upper = mean + 1.96 * (variance / Double(count)).squareRoot()
        verdict.isRefused = mean < -drop * means.serving && upper < 0
        return verdict
    }
}
