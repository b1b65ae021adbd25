/// How data are divided into what models learn from and what they are asked.
public struct Split: Hashable, Sendable {
    /// The kinds of division.
    public enum Method: String, Hashable, Sendable, CaseIterable {
        /// The last share of each user's positives, by time; of sessions the last share of all, by their last click.
        case temporal
        /// Everything after one moment, the same for all users; users without anything before it are left out.
        case timeCut = "time-cut"
        /// The last positive of each user.
        case leaveOneOut = "leave-one-out"
        /// A random share of each user's positives.
        case random
        /// Users are dealt into k groups; each group's users are unknown to the models that are asked about them.
        case kFold = "k-fold"
    }

    /// How to divide.
    public var method: Method
    /// Which share is asked for, above 0 and below 1.
    public var fraction: Double
    /// How many groups ``Method/kFold`` makes, at least 2.
    public var folds: Int
    /// Where random numbers start.
    public var seed: UInt64
    /// Whether items already seen stay in the list; `nil`: not for users, but for sessions.
    public var includesSeen: Bool?
    /// Whether the current item of a session stays in the list.
    public var includesCurrent: Bool
    /// How many of the latest visits of a user models are told, as if the user were new; `nil` for all.
    public var known: Int?

    /// Creates a division.
    public init(
        _ method: Method = .temporal,
        fraction: Double = 0.2,
        folds: Int = 5,
        seed: UInt64 = 42,
        includesSeen: Bool? = nil,
        includesCurrent: Bool = false,
        known: Int? = nil
    ) {
        self.method = method
        self.fraction = fraction
        self.folds = folds
        self.seed = seed
        self.includesSeen = includesSeen
        self.includesCurrent = includesCurrent
        self.known = known
    }

    /// Divides one data set.
    public func folds(of data: Dataset) throws(DataError) -> [Fold] {
        guard fraction > 0, fraction < 1 else { throw DataError("the fraction \(fraction) is not between 0 and 1") }
        let folds: [Fold]
        switch data.kind {
        case .histories: folds = try historyFolds(of: data)
        case .sessions: folds = try sessionFolds(of: data)
        }
        guard folds.contains(where: { !$0.cases.isEmpty }) else {
            throw DataError(
                "nothing is left to ask: no user or session has enough positives for a share of \(fraction); "
                    + "lower --positive, raise --fraction or use --split leave-one-out"
            )
        }
        return folds
    }

    /// Uses a training and a test set as they are given.
    public func fold(training: Dataset, test: Dataset) throws(DataError) -> Fold {
        let fold: Fold
        switch training.kind {
        case .histories:
            fold = historyFold(training: training, hidden: test.bySource().map { $0.filter(test.isPositive) })
        case .sessions: fold = sessionFold(training: training, test: test)
        }
        guard !fold.cases.isEmpty else {
            throw DataError(
                "the test file asks nothing: it has no positive (--positive), or only sessions of one click"
            )
        }
        return fold
    }

    /// The same division, for validation inside training data that came in a file of their own.
    public func forValidation(of training: Dataset, wasGiven: Bool) -> Split {
        var split = self
        if wasGiven { split.method = training.hasTimes ? .temporal : .random }
        return split
    }
}
