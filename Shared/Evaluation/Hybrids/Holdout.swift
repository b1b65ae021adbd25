import Recommenders

/// A moment that divides what happened: base models learn from what was before, a ranker from what came after.
///
/// The one place where histories are cut. A ranker weighs the scores of base models; if these had seen the very events that
/// it learns from, their scores would look far better than they are, and it would trust them blindly. So
/// ``before`` is all that may be shown to a base model, and no request's ``RankingRequest/wanted`` is in it.
struct Holdout: Hashable, Sendable {
    /// Where a history is cut.
    enum Cut: Hashable, Sendable {
        /// At one moment for all users, in seconds: visits at it or later are labels.
        case time(Double)
        /// Before the last share of each user's visits, rounded down; for data whose users are not active at the same time.
        case lastShare(Double)
    }

    /// The visits of each user before the cut, oldest first: what base models may learn from.
    let before: [[SessionLog.Click]]
    /// A request per user who has something on both sides of the cut.
    let requests: [RankingRequest]

    /// Divides the visits of users; each user's are brought into the order of time.
    init(_ visits: [[SessionLog.Click]], cut: Cut) {
        var before: [[SessionLog.Click]] = []
        var requests: [RankingRequest] = []
        for (user, visits) in visits.enumerated() {
            let ordered = visits.enumerated()
                .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
                .map(\.element)
            let position: Int
            switch cut {
            case .time(let moment): position = ordered.firstIndex { $0.seconds >= moment } ?? ordered.count
            case .lastShare(let share): position = ordered.count - Int(Double(ordered.count) * share)
            }
            before.append(Array(ordered[..<position]))
            let request = RankingRequest(user: user, history: before[user], later: ordered[position...])
            if !request.history.isEmpty, !request.wanted.isEmpty { requests.append(request) }
        }
        self.before = before
        self.requests = requests
    }
}

/// A list that somebody could have asked for, and what would have been right in it.
struct RankingRequest: Hashable, Sendable {
    /// The user, by index.
    var user: Int
    /// What was known, oldest first.
    var history: [SessionLog.Click]
    /// What the user took afterwards and had not taken before, each item once.
    var wanted: Set<Int>

    init(user: Int, history: [SessionLog.Click], later: some Sequence<SessionLog.Click>) {
        self.user = user
        self.history = history
        wanted = Set(later.map(\.item)).subtracting(history.map(\.item))
    }
}
