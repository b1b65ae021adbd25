import Events
import Profiles
import Sessions
import Testing

@testable import Stores

@Suite("Stored forms of profiles and lists")
struct StoredFormTests {
    private let start = Timestamp(milliseconds: 1_700_000_000_123)

    @Test(arguments: [
        ("item-1042", "item-", 1042), ("item-0042", "item-00", 42), ("7", "", 7), ("x00", "x0", 0),
        ("a999999999999999999", "a", 999_999_999_999_999_999), ("a1234567890123456789", "a1", 234_567_890_123_456_789),
    ])
    func `an id is its prefix and its number`(id: String, prefix: String, number: UInt64) throws {
        let compact = try #require(CompactID(id))
        #expect(compact.prefix == prefix)
        #expect(compact.number == number)
        #expect(compact.prefix + String(compact.number) == id)
    }

    @Test func `an id that does not end in a digit has no number`() {
        #expect(CompactID("") == nil)
        #expect(CompactID("kettle") == nil)
        #expect(CompactID("42b") == nil)
        #expect(CompactID("\u{0664}\u{0662}") == nil, "digits of other scripts are text")
    }

    @Test func `bits are read as they were written`() throws {
        var random = SystemRandomNumberGenerator()
        let values = (0..<500).map { _ in (value: random.next() >> UInt64.random(in: 0...63), width: 64) }
        var bits = BitWriter()
        for (index, entry) in values.enumerated() {
            bits.write(entry.value, width: entry.width)
            bits.write(UInt64(index & 7), width: 3)
            bits.write(golomb: entry.value >> 8, order: 1 + index % 40)
            #expect(BitWriter.golombWidth(0, order: 5) == 6)
        }
        var reader = BitReader(bits.bytes)
        for (index, entry) in values.enumerated() {
            #expect(try reader.read(width: entry.width) == entry.value)
            #expect(try reader.read(width: 3) == UInt64(index & 7))
            #expect(try reader.readGolomb(order: 1 + index % 40) == entry.value >> 8)
        }
        try reader.finish()
    }

    @Test func `a profile comes back as it was, whatever its ids and strengths`() throws {
        for profile in [emptyProfile, fullProfile(items: 1), fullProfile(items: 300)] {
            let stored = FencedProfile(profile: profile, fence: fence)
            let bytes = ProfileCodec.encode(stored)
            #expect(try ProfileCodec.decode(bytes) == stored)
            #expect(ProfileCodec.encode(try ProfileCodec.decode(bytes)) == bytes, "equal states are equal bytes")
        }
    }

    @Test func `segments come back as they were, and take no byte where there are none`() throws {
        let without = ProfileCodec.encode(FencedProfile(profile: fullProfile(items: 3), fence: fence))
        let stored = FencedProfile(profile: segmentedProfile, fence: fence)
        let bytes = ProfileCodec.encode(stored)
        #expect(try ProfileCodec.decode(bytes) == stored)
        #expect(ProfileCodec.encode(try ProfileCodec.decode(bytes)) == bytes)

        var cluster = fullProfile(items: 3)
        cluster.segments.modelVersion = 7
        #expect(cluster.segments.replace(with: [.cluster(3)], revision: 3)?.entered == [.cluster(3)])
        let withCluster = ProfileCodec.encode(FencedProfile(profile: cluster, fence: fence))
        #expect(withCluster.count - without.count <= 10, "a cluster is a few bytes")
    }

    @Test func `no prefix and no damage of a stored profile is a trap`() throws {
        var profile = fullProfile(items: 40)
        profile.segments = segmentedProfile.segments
        let bytes = ProfileCodec.encode(FencedProfile(profile: profile, fence: fence))
        for end in bytes.indices {
            #expect(throws: BinaryReader.Failure.self) { try ProfileCodec.decode(Array(bytes[..<end])) }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                _ = try? ProfileCodec.decode(damaged)
            }
        }
    }

    @Test func `profiles of the first form are read`() throws {
        var writer = BinaryWriter()
        fence.encode(into: &writer)
        writer.write(byte: 1)
        writer.write(varint: 3)
        writer.write(zigzag: start.milliseconds)
        writer.write(zigzag: 5000)
        writer.write(zigzag: 0)
        writer.write(count: 2)
        writer.write(zigzag: start.milliseconds + 4000)
        writer.write(double: 12.5)
        writer.write(byte: 1)
        writer.write(zigzag: start.milliseconds + 1000)
        writer.write(count: 1)
        writer.write(text: "view")
        writer.write(count: 3)
        writer.write(count: 1)
        writer.write(text: "Drama")
        writer.write(byte: 1)
        writer.write(double: 2.25)
        writer.write(count: 0)
        writer.write(count: 0)
        writer.write(count: 1)
        writer.write(text: "i1")
        writer.write(byte: 8)
        writer.write(count: 0)
        writer.write(zigzag: 1000)
        writer.write(zigzag: 2000)
        let profile = try ProfileCodec.decode(writer.bytes).profile
        #expect(profile.revision == 3)
        #expect(profile.lastSeen.milliseconds == start.milliseconds + 5000)
        #expect(profile.categories.masses["Drama"]?.liked == 2.25)
        #expect(profile.items["i1"]?.strength == 1)
        #expect(profile.items["i1"]?.lastTime.milliseconds == start.milliseconds + 3000)
        #expect(profile.lastPurchase?.milliseconds == start.milliseconds + 1000)
        #expect(profile.purchaseValue == 12.5)
    }

    @Test func `a list keeps its order, its reasons, and scores to four digits`() throws {
        let entries = (0..<100).map { (place: Int) -> RecommendationList.Entry in
            let cause = RecommendationList.Reason(type: "because_you_viewed", itemID: "item-\(place % 5)")
            return RecommendationList.Entry(
                itemID: place % 7 == 0 ? "odd one \(place)x" : "item-\(1000 + place * 37 % 100)",
                score: Float(97 - place) / 97,
                source: place % 3 == 0 ? "my-own-source" : "als",
                reason: place % 2 == 0 ? cause : nil
            )
        }
        let list = RecommendationList(profileRevision: 9, modelVersion: 2, computedAt: start, entries: entries)
        let bytes = RecommendationCodec.encode(list)
        let read = try RecommendationCodec.decode(bytes)
        #expect(read.profileRevision == 9 && read.modelVersion == 2 && read.computedAt == start)
        #expect(read.entries.map(\.itemID) == entries.map(\.itemID))
        #expect(read.entries.map(\.source) == entries.map(\.source))
        #expect(read.entries.map(\.reason) == entries.map(\.reason))
        for (left, right) in zip(read.entries, entries) {
            #expect(abs(left.score - right.score) <= abs(right.score) * 3.1e-5)
        }
        for end in bytes.indices {
            #expect(throws: BinaryReader.Failure.self) { try RecommendationCodec.decode(Array(bytes[..<end])) }
        }
    }

    @Test func `who comes every day keeps about a day of event ids`() {
        var seen = SeenEvents()
        for hour in 0..<24 * 30 {
            let now = Timestamp(milliseconds: start.milliseconds + Int64(hour) * 3_600_000)
            seen.insert(UInt64(hour), now: now, policy: SessionPolicy())
            #expect(seen.contains(UInt64(max(0, hour - 23)), now: now, policy: SessionPolicy()))
        }
        #expect(seen.entries.count <= 51)
        #expect(seen.overflow == 0)
    }

    // MARK: Examples

    private var fence: Fence {
        Fence(entries: [
            .views: Fence.Entry(generation: 1, partition: 3, offset: 77),
            .feedback: Fence.Entry(generation: 2, partition: 3, offset: 1_000_000),
        ])
    }

    private var emptyProfile: UserProfile { UserProfile(firstEventAt: start) }

    private var segmentedProfile: UserProfile {
        var profile = fullProfile(items: 3)
        let today = WindowedCounter.day(of: profile.lastSeen)
        profile.segments.modelVersion = 12
        profile.segments.memberships = [.cluster(4), .rfm(.atRisk), .rule("drama-fans")]
        profile.segments.lastChange = ProfileSegments.Change(
            revision: 2,
            entered: [.rule("drama-fans")],
            left: [.cluster(1)]
        )
        profile.segments.windows = [
            7: WindowedCounter(days: ["": [.init(day: today - 6, count: 2), .init(day: today, count: 900)]]),
            .max: WindowedCounter(days: [
                "Crime": [.init(day: today, count: 1)], "Drama": [.init(day: today - 3, count: 4)],
            ]),
        ]
        return profile
    }

    private func fullProfile(items count: Int) -> UserProfile {
        var profile = UserProfile(firstEventAt: start)
        (profile.revision, profile.sessions) = (UInt64(count), 3)
        profile.lastSeen = Timestamp(milliseconds: start.milliseconds + 86_400_000)
        profile.latestSession = Timestamp(milliseconds: start.milliseconds + 80_000_000)
        (profile.purchaseValue, profile.lastPurchase) = (0.1 + 0.2, start)
        profile.counters = [.view: count, EventType(rawValue: "own-type"): 2]
        profile.categories.masses = ["Drama": .init(liked: 1 / 3), "Crime": .init(liked: 2, disliked: 0.7)]
        profile.creators.masses = ["nobody": .init()]
        for number in 0..<count {
            let id =
                number % 5 == 0
                ? "kettle-\(number)-x" : number % 5 == 1 ? "b\(number)" : "item-\(1_000_000 + number * 7919)"
            profile.items[id] = ItemSignal(
                type: number % 3 == 0 ? .rating : .view,
                strength: number % 4 == 0 ? -1 / 3 : Double(number % 10) / 2,
                lastTime: Timestamp(milliseconds: start.milliseconds + Int64(number) * Int64(number) * 900),
                count: 1 + number % 3,
                isConsumed: number % 2 == 0,
                isRejected: number % 11 == 0
            )
        }
        return profile
    }
}
