import Events

/// How fast a replay goes: as fast as it can, so many a second, or so many times the original speed.
struct Pace: Sendable {
    var rate: Double?
    var speed: Double?

    /// The most events to send at once, so that a slow replay still flows.
    func chunk(_ wanted: Int) -> Int {
        guard let rate else { return wanted }
        return max(1, min(wanted, Int(rate / 10)))
    }

    /// When the event may go that is the `count`th since the start and happened `elapsed` milliseconds after the first.
    func delay(count: Int, elapsed: Int64) -> Duration {
        if let rate { return .milliseconds(Int64(Double(count) * 1000 / rate)) }
        if let speed { return .milliseconds(Int64(Double(elapsed) / speed)) }
        return .zero
    }
}
