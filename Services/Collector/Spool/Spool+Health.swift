import Events
import ServiceSupport

extension Spool.Status {
    /// Ready while there is room; what is wrong short of that is said in the detail.
    ///
    /// An old spool is degraded and not unready: taking all collectors out of service because Kafka is away would refuse
    /// events that the spool can take. The alert belongs on `collector_spool_age_seconds`.
    func verdict(
        maximumAge: Duration,
        maximumBytes: Int,
        isSpooling: Bool,
        now: Timestamp = .now
    ) -> HealthReport.Verdict {
        let share = Int((Double(bytes) / Double(maximumBytes) * 100).rounded())
        let size = "\(records) events, \(bytes) bytes (\(share) %)"
        if let refusal, ContinuousClock.now - refusal.at < .seconds(30) {
            return .unready("\(refusal.error); \(size)")
        }
        // Bodies of the largest size must fit.
        if bytes + min(1_000_000, maximumBytes / 16) > maximumBytes { return .unready("full: \(size)") }
        guard isSpooling || records > 0 else { return .ready() }
        let age = Int(ageSeconds(at: now))
        if .seconds(age) > maximumAge {
            return .ready(detail: "degraded: events have waited \(age) s for kafka; \(size)")
        }
        return .ready(detail: "spooling: \(size), \(age) s old")
    }
}
