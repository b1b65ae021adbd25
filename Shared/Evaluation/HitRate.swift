/// The share of cases whose list holds at least one wanted item.
public enum HitRate {
    /// One case: 1 when any of the first `cutoff` items is wanted, else 0.
    public static func value(of ranking: [Int], wanted: Set<Int>, cutoff: Int) -> Double {
        ranking.prefix(cutoff).contains(where: wanted.contains) ? 1 : 0
    }
}
