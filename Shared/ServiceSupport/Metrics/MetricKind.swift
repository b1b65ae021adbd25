/// What a metric family holds, as the exposition format names it.
enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
