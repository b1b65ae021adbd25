import Events

/// The lanes of source topics that were seen: topic, generation and partition by a small number.
struct FenceLanes: Sendable, Equatable {
    struct Lane: Sendable, Hashable {
        var topic: SignalTopic
        var generation: UInt32
        var partition: Int32
    }

    private(set) var lanes: [Lane] = []
    private var indices: [Lane: Int] = [:]
    private var latest: (lane: Lane, index: Int)?

    /// Half of what the bits of an entry can tell apart.
    private static let most = 1 << 19

    init(_ lanes: [Lane] = []) {
        self.lanes = lanes
        for (index, lane) in lanes.enumerated() { indices[lane] = index }
    }

    /// The lane's number; `nil` beyond half a million lanes, which no installation has.
    mutating func index(of source: SourceCoordinates) -> Int? {
        let lane = Lane(topic: source.topic, generation: source.generation, partition: source.partition)
        if let latest, latest.lane == lane { return latest.index }
        if let index = indices[lane] {
            latest = (lane, index)
            return index
        }
        guard lanes.count < Self.most else { return nil }
        lanes.append(lane)
        indices[lane] = lanes.count - 1
        return lanes.count - 1
    }

    subscript(index: Int) -> Lane { lanes[index] }

    static func == (left: FenceLanes, right: FenceLanes) -> Bool { left.lanes == right.lanes }
}

/// A ``Fence`` in 16 bytes: the highest offset applied per topic, as lane and offset in one word.
struct CompactFence: Sendable, Equatable {
    /// A word is (lane + 1) · 2^44 + offset; 0 for none.
    private var first: UInt64 = 0
    /// Most users have events of one or two topics.
    private var others: [UInt64] = []

    private static let offsetBits: UInt64 = 44

    var words: [UInt64] { first == 0 ? [] : [first] + others }

    init() {}

    init(words: [UInt64]) {
        first = words.first ?? 0
        others = Array(words.dropFirst())
    }

    /// What stands outside of the 16 bytes.
    var extraBytes: Int { others.capacity == 0 ? 0 : 32 + others.capacity * 8 }

    /// Moves up to `source` and answers `true`, or `false` when that was applied already or its generation has ended.
    mutating func advance(to source: SourceCoordinates, lane: Int, lanes: FenceLanes) -> Bool {
        let offset = UInt64(clamping: source.offset) & (1 << Self.offsetBits - 1)
        let word = UInt64(lane + 1) << Self.offsetBits | offset
        guard first != 0 else {
            first = word
            return true
        }
        if lanes[Self.lane(of: first)].topic == source.topic {
            return Self.move(&first, to: word, lanes)
        }
        for index in others.indices where lanes[Self.lane(of: others[index])].topic == source.topic {
            return Self.move(&others[index], to: word, lanes)
        }
        others.append(word)
        return true
    }

    static func lane(of word: UInt64) -> Int { Int(word >> offsetBits) - 1 }

    private static func move(_ old: inout UInt64, to new: UInt64, _ lanes: FenceLanes) -> Bool {
        let (was, becomes) = (lanes[lane(of: old)], lanes[lane(of: new)])
        guard becomes.generation >= was.generation else { return false }
        if becomes.generation == was.generation {
            let mask = UInt64(1) << offsetBits - 1
            guard new & mask > old & mask else { return false }
        }
        old = new
        return true
    }
}
