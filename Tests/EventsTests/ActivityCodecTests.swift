import Events
import SeededRandom
import Testing

@Suite struct ActivityCodecTests {
    private let source = SourceCoordinates(generation: 2, topic: .views, partition: 4, offset: 99)

    private func activity(item: Activity.ItemFacts?, isOld: Bool) -> Activity {
        Activity(
            event: Samples.event {
                $0.userID = nil; $0.anonymousID = "a-7"
            },
            user: UserKey(anonymousID: "a-7"),
            source: source,
            receivedAt: Timestamp(milliseconds: 1_795_206_459_000),
            session: .init(id: "s-1", start: Timestamp(milliseconds: 1_795_206_000_000)),
            item: item,
            isOld: isOld
        )
    }

    @Test func `the wire form is fixed`() {
        let facts = Activity.ItemFacts(categories: ["Drama"], tags: ["x"], creator: "c")
        #expect(
            String(decoding: ActivityCodec.encode(activity(item: facts, isOld: true)), as: UTF8.self) == """
                {"eventId":"e-1","type":"view","anonymousId":"a-7","itemId":"i-17",\
                "timestamp":"2026-11-20T20:27:38.081Z","receivedAt":"2026-11-20T20:27:39.000Z",\
                "session":{"id":"s-1","start":"2026-11-20T20:20:00.000Z"},\
                "item":{"categories":["Drama"],"tags":["x"],"creator":"c"},"old":true}
                """
        )
    }

    @Test func `what was written reads back`() throws {
        for facts in [nil, Activity.ItemFacts(), .init(categories: ["a", "b"]), .init(tags: ["t"], creator: "c")] {
            for isOld in [true, false] {
                let activity = activity(item: facts, isOld: isOld)
                #expect(try ActivityCodec.decode(ActivityCodec.encode(activity), source: source) == activity)
            }
        }
    }

    @Test func `the facts are those of the whole activity, whatever it holds`() throws {
        var generator = SeededGenerator(seed: 3)
        var read = 0
        for _ in 0..<10_000 {
            var bytes = ActivityCodec.encode(.random(using: &generator))
            for _ in 0..<Int.random(in: 0...2, using: &generator) { bytes.mutate(using: &generator) }
            // What is left out is not looked into: where only that is wrong, the facts are read all the same.
            guard let whole = try? ActivityCodec.decode(bytes, source: source) else { continue }
            #expect(try ActivityCodec.decodeFacts(bytes, source: source) == ActivityFacts(whole))
            read += 1
        }
        #expect(read > 3_000)
    }

    @Test(arguments: ["receivedAt", "session", "eventId", "anonymousId"])
    func `what an activity must have is demanded`(field: String) {
        let text = String(decoding: ActivityCodec.encode(activity(item: nil, isOld: false)), as: UTF8.self)
        let bytes = Array(text.replacing("\"\(field)\"", with: "\"x\"").utf8)
        let error = #expect(throws: EventError.self) { try ActivityCodec.decode(bytes, source: source) }
        #expect(error?.reason == .missingField)
        let ofFacts = #expect(throws: EventError.self) { try ActivityCodec.decodeFacts(bytes, source: source) }
        #expect(ofFacts == error)
    }

    @Test func `what no stream-processor writes is refused before any state is kept under it`() {
        var ids = activity(item: nil, isOld: false)
        ids.event.anonymousID = String(repeating: "x", count: 300)
        var items = activity(item: nil, isOld: false)
        items.event.items = (0...EventLimits().maximumItems).map(String.init)
        let size = activity(
            item: .init(tags: [String(repeating: "x", count: ActivityCodec.maximumBytes)]),
            isOld: false
        )
        for (activity, reason) in [(ids, EventError.Reason.invalidID), (items, .tooManyItems), (size, .tooLarge)] {
            let bytes = ActivityCodec.encode(activity)
            let error = #expect(throws: EventError.self) { try ActivityCodec.decode(bytes, source: source) }
            #expect(error?.reason == reason)
            let ofFacts = #expect(throws: EventError.self) { try ActivityCodec.decodeFacts(bytes, source: source) }
            #expect(ofFacts?.reason == reason)
        }
    }
}
