public import Events

/// How often something happened per day of event time (UTC) and, for some counters, per name.
///
/// Bounded: days that have passed out of the window go, and so do names beyond a limit.
public struct WindowedCounter: Hashable, Sendable {
    /// One day's count.
    public struct Day: Hashable, Sendable {
        /// Days since 1970.
        public var day: Int
        /// How often.
        public var count: Int

        /// Creates a day.
        public init(day: Int, count: Int) {
            self.day = day
            self.count = count
        }
    }

    /// The days per name, ascending; a counter without names has the empty one.
    public var days: [String: [Day]]

    /// Creates a counter.
    public init(days: [String: [Day]] = [:]) {
        self.days = days
    }

    /// The day of a moment, in days since 1970.
    public static func day(of time: Timestamp) -> Int {
        let (quotient, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return Int(rest < 0 ? quotient - 1 : quotient)
    }

    /// Counts one occurrence on `day`, which is at or after the first day that is kept.
    public mutating func add(_ name: String, on day: Int) {
        var counts = days[name] ?? []
        // Mostly today, the last one.
        var place = counts.endIndex
        while place > 0, counts[place - 1].day > day { place -= 1 }
        if place > 0, counts[place - 1].day == day {
            counts[place - 1].count += 1
        } else {
            counts.insert(Day(day: day, count: 1), at: place)
        }
        days[name] = counts
    }

    /// Forgets what lies before `first`.
    public mutating func forget(before first: Int) {
        for (name, counts) in days where (counts.first?.day ?? first) < first {
            let kept = counts.drop { $0.day < first }
            days[name] = kept.isEmpty ? nil : Array(kept)
        }
    }

    /// Keeps `limit` names: the one whose latest day lies farthest back goes, then the rarer, then the larger in UTF-8.
    public mutating func cap(at limit: Int) {
        while days.count > limit {
            let least = days.min { left, right in
                let (leftDay, rightDay) = (left.value.last?.day ?? 0, right.value.last?.day ?? 0)
                guard leftDay == rightDay else { return leftDay < rightDay }
                let (leftCount, rightCount) = (Self.total(left.value), Self.total(right.value))
                guard leftCount == rightCount else { return leftCount < rightCount }
                return right.key.utf8.lexicographicallyPrecedes(left.key.utf8)
            }
            guard let least else { return }
            days[least.key] = nil
        }
    }

    /// How often `name` occurred from the day `first` on.
    public func count(of name: String, since first: Int) -> Int {
        Self.total((days[name] ?? []).drop { $0.day < first })
    }

    /// The largest count of any name from the day `first` on.
    public func largestCount(since first: Int) -> Int {
        days.values.map { Self.total($0.drop { $0.day < first }) }.max() ?? 0
    }

    private static func total(_ days: some Sequence<Day>) -> Int {
        days.reduce(0) { $0 + $1.count }
    }
}
