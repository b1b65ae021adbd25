import Events

/// A day of activity: users and items of very different weight, in sessions, in the order of time.
///
/// User number u begins a session with a chance of about 1 / u^0.6; items of a user's three topics follow Zipf's law.
struct SyntheticDay {
    let users: Int
    let items: Int
    private static let topics = 50
    private static let types: [(type: EventType, topic: SignalTopic, share: Int)] = [
        (.view, .views, 60), (.click, .clicks, 22), (.rating, .feedback, 8), (.addToCart, .conversions, 5),
        (.purchase, .conversions, 3), (.like, .feedback, 2),
    ]

    /// Calls `body` with each activity as the bytes of a record and its source.
    func forEach(_ count: Int, _ body: ([UInt8], SourceCoordinates) throws -> Void) rethrows {
        var chance = Chance(state: 42)
        var open: [(user: Int, start: Int64, left: Int)] = []
        let day: Int64 = 86_400_000
        let begin: Int64 = 1_760_000_000_000
        for number in 0..<count {
            let time = begin + day * Int64(number) / Int64(count)
            if open.count < 2_000 {
                open.append((chance.skewed(users, 0.6), time, 2 + chance.below(14)))
            }
            let place = chance.below(open.count)
            open[place].left -= 1
            let session = open[place]
            if session.left == 0 { open.swapAt(place, open.count - 1); open.removeLast() }
            var own = Chance(state: UInt64(session.user) &* 0x9e37_79b9 &+ 7)
            let topics = (0..<3).map { _ in own.below(Self.topics) }
            let topic = topics[chance.below(3)]
            let item = chance.skewed(items / Self.topics, 0.8) * Self.topics + topic
            var pick = chance.below(100)
            let kind = Self.types.first { kind in
                pick -= kind.share
                return pick < 0
            }
            guard let kind else { continue }
            let activity = Activity(
                event: Event(
                    eventID: "e-\(number)",
                    type: kind.type,
                    userID: "user-\(session.user)",
                    itemID: "item-\(item)",
                    value: kind.type == .rating ? 4 : nil,
                    timestamp: Timestamp(milliseconds: time)
                ),
                user: UserKey(userID: "user-\(session.user)"),
                source: SourceCoordinates(
                    generation: 1,
                    topic: kind.topic,
                    partition: Int32(session.user % 12),
                    offset: Int64(number)
                ),
                receivedAt: Timestamp(milliseconds: time),
                session: Activity.Session(id: "s", start: Timestamp(milliseconds: session.start))
            )
            try body(ActivityCodec.encode(activity), activity.source)
        }
    }
}

/// Random numbers from a seed (SplitMix64).
private struct Chance {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

    /// Below `count`, with density x^(−exponent).
    mutating func skewed(_ count: Int, _ exponent: Double) -> Int {
        let uniform = Double(next() >> 11) / Double(1 << 53)
        return min(count - 1, Int(Double(count) * power(uniform, 1 / (1 - exponent))))
    }
}
