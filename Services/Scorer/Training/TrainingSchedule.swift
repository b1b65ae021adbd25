/// When to train: soon after the first data, then on an interval, earlier while the data grows fast.
struct TrainingSchedule: Sendable, Hashable {
    /// How often to train when something is new.
    var interval: Duration
    /// The least time between two trainings, however much is new.
    var minimumGap: Duration = .seconds(5)
    /// The share of new data that makes a training due before the interval is over.
    var growth = 0.5

    /// Whether a training is due.
    func isDue(sinceLast elapsed: Duration?, untrained: UInt64, total: UInt64, hasModel: Bool) -> Bool {
        guard untrained > 0 else { return !hasModel && total > 0 }
        guard let elapsed, hasModel else { return true }
        if elapsed >= interval { return true }
        return elapsed >= minimumGap && Double(untrained) > growth * Double(total - untrained)
    }
}
