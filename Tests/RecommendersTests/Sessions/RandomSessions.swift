@testable import Recommenders

/// Small random session logs and open sessions.
enum RandomSessions {
    /// Sessions of one to `longest` clicks within a few seconds of each other, so that many end in the same second.
    static func sessions(
        count: Int,
        itemCount: Int,
        longest: Int = 6,
        from start: Double = 0,
        seed: UInt64
    ) -> [[SessionLog.Click]] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { session in
            var seconds = start + Double(session / 3)
            return (0...Int(random.next() % UInt64(longest))).map { _ in
                seconds += Double(random.next() % 2)
                // The smaller of two: some items are popular.
                let item = min(random.next() % UInt64(itemCount), random.next() % UInt64(itemCount))
                return SessionLog.Click(item: Int(item), seconds: seconds)
            }
        }
    }

    static func log(count: Int, itemCount: Int, longest: Int = 6, seed: UInt64) throws -> SessionLog {
        try SessionLog(
            itemCount: itemCount,
            sessions: sessions(count: count, itemCount: itemCount, longest: longest, seed: seed)
        )
    }

    /// Open sessions as plain items.
    static func open(count: Int, itemCount: Int, longest: Int = 6, seed: UInt64) -> [[Int]] {
        sessions(count: count, itemCount: itemCount, longest: longest, seed: seed).map { $0.map(\.item) }
    }
}
