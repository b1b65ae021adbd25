import Events

/// Token buckets and day counts of recent users in a table of fixed size; pure, the time is given.
///
/// A user's place is found by hash, among eight slots. Where all are taken, the user with the fewest events today makes
/// room, so that a flood of invented users cannot wash out one that is near a limit. Who was forgotten starts with a full
/// bucket: errors are always in the user's favour.
struct UserLimiter: Sendable {
    /// Why an event is not taken.
    struct Refusal: Hashable, Sendable {
        enum Limit: Hashable, Sendable { case rate, daily }

        var limit: Limit
        /// When the same event would be taken.
        var retryAfterSeconds: Int
    }

    private struct Slot: Sendable {
        var hash = 0
        var seenAt: Int64 = 0
        var tokens: Double = 0
        var day: Int32 = -1
        var count: Int32 = 0

        /// A slot of yesterday is as good as a free one.
        func count(on today: Int32) -> Int32 { day == today ? count : -1 }
    }

    private static let ways = 8
    private static let millisecondsPerDay: Int64 = 86_400_000

    private let settings: LimitSettings
    private let sets: Int
    private var slots: [Slot]

    /// `capacity` users are remembered, 32 bytes each.
    init(_ settings: LimitSettings, capacity: Int = 65_536) {
        self.settings = settings
        sets = max(1, capacity / Self.ways)
        slots = Array(repeating: Slot(), count: sets * Self.ways)
    }

    /// Counts an event of `user` at `now`; `nil` when it may pass.
    mutating func take(_ user: UserKey, now: Timestamp) -> Refusal? {
        let (today, sinceMidnight) = now.milliseconds.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
        let day = Int32(truncatingIfNeeded: today)
        let index = slot(for: user, day: day, now: now.milliseconds)
        var slot = slots[index]
        defer { slots[index] = slot }
        if slot.day != day { (slot.day, slot.count) = (day, 0) }
        if settings.rate > 0 {
            let seconds = Double(max(0, now.milliseconds - slot.seenAt)) / 1_000
            slot.tokens = min(Double(settings.burst), slot.tokens + seconds * settings.rate)
        }
        slot.seenAt = max(slot.seenAt, now.milliseconds)
        if settings.daily > 0, Int(slot.count) >= settings.daily {
            let left = (Self.millisecondsPerDay - sinceMidnight + 999) / 1_000
            return Refusal(limit: .daily, retryAfterSeconds: Int(left))
        }
        if settings.rate > 0, slot.tokens < 1 {
            let wait = (1 - slot.tokens) / settings.rate
            return Refusal(limit: .rate, retryAfterSeconds: Int(min(86_400, max(1, wait.rounded(.up)))))
        }
        if settings.rate > 0 { slot.tokens -= 1 }
        slot.count += 1
        return nil
    }

    /// The user's slot, taken from somebody else if need be.
    private mutating func slot(for user: UserKey, day: Int32, now: Int64) -> Int {
        // Seeded anew in each process, so nobody can aim at a slot.
        let hash = user.rawValue.hashValue
        let first = Int(UInt(bitPattern: hash) % UInt(sets)) * Self.ways
        var victim = first
        for index in first..<first + Self.ways {
            let slot = slots[index]
            if slot.day >= 0, slot.hash == hash { return index }
            let (mine, least) = (slot.count(on: day), slots[victim].count(on: day))
            if mine < least || (mine == least && slot.seenAt < slots[victim].seenAt) { victim = index }
        }
        slots[victim] = Slot(hash: hash, seenAt: now, tokens: Double(settings.burst), day: day, count: 0)
        return victim
    }
}
