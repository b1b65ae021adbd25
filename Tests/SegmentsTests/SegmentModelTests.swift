import Events
import Profiles
import Recommenders
import Testing

@testable import Segments

@Suite("Segment models")
struct SegmentModelTests {
    private let start = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `buyers and browsers are told apart, named by what distinguishes them, and found again`() throws {
        let model = try fit(users)
        #expect(model.segments.count == 2)
        #expect(model.segments.map(\.size).reduce(0, +) == users.count)
        let buyer = model.segments[model.assignment(of: profile(buyer: true, seed: 1000)).index]
        let browser = model.segments[model.assignment(of: profile(buyer: false, seed: 1000)).index]
        #expect(buyer.number != browser.number)
        #expect(buyer.name != browser.name)
        let top = try #require(buyer.topFeatures.first)
        #expect(abs(top.difference) > 0.5)
        #expect(buyer.name.hasPrefix(top.difference > 0 ? "high" : "low"))
        #expect(buyer.popularItems.first?.itemID == "kettle")
        #expect(browser.popularItems.first?.itemID == "film")
        for (index, user) in users.enumerated() {
            let expected = index % 3 == 0 ? buyer.number : browser.number
            #expect(model.segments[model.assignment(of: user).index].number == expected)
        }
    }

    @Test(arguments: [
        SegmentModel.Parameters.Kind.kMeans, .mixture(.diagonal), .mixture(.full),
    ])
    func `a model comes back from its bytes and assigns the same`(kind: SegmentModel.Parameters.Kind) throws {
        let model = try fit(users, SegmentModel.Parameters(kind: kind, counts: 2...3))
        let bytes = model.encoded()
        let read = try SegmentModel(decoding: bytes)
        #expect(read.encoded() == bytes)
        #expect(read.segments == model.segments)
        #expect(read.trials == model.trials)
        for user in users { #expect(read.assignment(of: user) == model.assignment(of: user)) }
    }

    @Test func `damaged bytes are refused, none is a trap`() throws {
        let bytes = try fit(users).encoded()
        for end in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: SegmentError.self) { try SegmentModel(decoding: Array(bytes[..<end])) }
        }
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[index] ^= 0x41
            #expect(throws: SegmentError.self) { try SegmentModel(decoding: damaged) }
            // With the hash made right, whatever a damaged length says must be refused or read, never trap.
            let body = damaged.dropLast(4)
            var writer = BinaryWriter()
            writer.write(raw: body)
            writer.write(fixed: Murmur2.hash(Array(body)))
            _ = try? SegmentModel(decoding: writer.bytes)
        }
    }

    @Test func `the same sample gives the same model, and segments keep their numbers`() throws {
        let first = try fit(users)
        let again = try fit(users)
        #expect(again.encoded() == first.encoded())
        var random = RandomSource(seed: 77)
        let second = try SegmentModel.fit(Array(users.reversed()), previous: first, using: &random)
        for user in users {
            let before = first.segments[first.assignment(of: user).index].number
            #expect(second.segments[second.assignment(of: user).index].number == before)
        }
        #expect(second.nextNumber == first.nextNumber)
    }

    @Test func `drift is nothing for the sample itself and grows when other users come`() throws {
        let model = try fit(users)
        let same = SegmentDrift(model, now: users)
        #expect(abs(same.stabilityIndex) < 1e-12)
        #expect(abs(same.distanceRatio - 1) < 1e-9)
        let buyers = (0..<100).map { profile(buyer: true, seed: $0) }
        #expect(SegmentDrift(model, now: buyers).stabilityIndex > 0.25)
        #expect(SegmentDrift(model, now: [UserProfile]()).sampleSize == 0)
        #expect(abs(SegmentDrift.stabilityIndex(then: [0.5, 0.5], now: [0.25, 0.75]) - 0.27465307216702745) < 1e-15)
    }

    @Test func `too few users are an error`() {
        #expect(throws: SegmentError.self) { try fit(Array(users.prefix(SegmentModel.minimumSample - 1))) }
    }

    @Test func `users without anything still have finite features`() throws {
        let model = try fit(users + [UserProfile(firstEventAt: start)])
        let assignment = model.assignment(of: UserProfile(firstEventAt: start))
        #expect(assignment.distance.isFinite)
    }

    @Test func `names of RFM segments follow the fifths`() throws {
        let customers = (1...100).map {
            UserProfile.RFM(recencyDays: Double($0), frequency: 101 - $0, monetary: Double(101 - $0))
        }
        let quintiles = try #require(RFMQuintiles(customers))
        #expect(quintiles.segment(customers[0]) == .champions)
        #expect(quintiles.segment(customers[99]) == .hibernating)
        #expect(quintiles.segment(UserProfile.RFM(recencyDays: 1, frequency: 1, monetary: 1)) == .new)
        #expect(quintiles.segment(UserProfile.RFM(recencyDays: 99, frequency: 100, monetary: 99)) == .cannotLose)
        #expect(quintiles.segment(UserProfile.RFM(recencyDays: nil, frequency: 0, monetary: 0)) == nil)
        #expect(RFMQuintiles([]) == nil)
        var named: Set<RFMSegment> = []
        for recency in 1...5 {
            for worth in 1...5 { named.insert(RFMQuintiles.segment(recency: recency, worth: worth)) }
        }
        #expect(named == Set(RFMSegment.allCases))
        for segment in RFMSegment.allCases { #expect(RFMSegment(name: segment.name) == segment) }
    }

    // MARK: Examples

    private var users: [UserProfile] { (0..<150).map { profile(buyer: $0 % 3 == 0, seed: $0) } }

    private func fit(
        _ users: [UserProfile],
        _ parameters: SegmentModel.Parameters = SegmentModel.Parameters()
    ) throws -> SegmentModel {
        var random = RandomSource(seed: 5)
        return try SegmentModel.fit(users, parameters: parameters, using: &random)
    }

    private func profile(buyer: Bool, seed: Int) -> UserProfile {
        var profile = UserProfile(firstEventAt: start)
        let events = 20 + seed % 7
        profile.revision = UInt64(events)
        profile.lastSeen = Timestamp(milliseconds: start.milliseconds + Int64(10 + seed % 5) * 86_400_000)
        profile.sessions = 3 + seed % 4
        profile.counters = buyer ? [.purchase: 8, .view: events - 8] : [.view: events]
        profile.categories.masses = [(buyer ? "Home" : "Film"): .init(liked: 5 + Double(seed % 3))]
        if buyer {
            profile.purchaseValue = 100 + Double(seed % 9)
            profile.lastPurchase = profile.lastSeen
        }
        for (place, id) in [buyer ? "kettle" : "film", "i\(seed % 11)"].enumerated() {
            profile.items[id] = ItemSignal(
                type: buyer ? .purchase : .view,
                strength: Double(6 - place),
                lastTime: profile.lastSeen
            )
        }
        return profile
    }
}
