import ServiceSupport

/// How much one user may send to this instance.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `limits.user.rate` | 50 | events per second, in the long run; 0 for no limit |
/// | `limits.user.burst` | 10,000 | events at once after a pause |
/// | `limits.user.daily` | 100,000 | events per day (UTC); 0 for no limit |
struct LimitSettings: Hashable, Sendable {
    let rate: Double
    let burst: Int
    let daily: Int

    init(from reader: SettingsReader) throws(SettingsError) {
        rate = try reader.double(
            "limits.user.rate",
            default: 50,
            range: 0...1_000_000,
            description: "events per second of one user in the long run, per instance; 0 for no limit"
        )
        burst = try reader.int(
            "limits.user.burst",
            default: 10_000,
            range: 1...1_000_000_000,
            description: "events of one user that may come at once, after a pause"
        )
        daily = try reader.int(
            "limits.user.daily",
            default: 100_000,
            range: 0...1_000_000_000,
            description: "events of one user per day (UTC), per instance; 0 for no limit"
        )
    }

    init(rate: Double, burst: Int, daily: Int) {
        self.rate = rate
        self.burst = burst
        self.daily = daily
    }

    /// Whether there is anything to limit.
    var isOff: Bool { rate == 0 && daily == 0 }
}
