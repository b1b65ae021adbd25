import Events
import SeededRandom
import Testing

@Suite struct EventHeadersTests {
    @Test func `headers read back as they were written`() {
        let headers = EventHeaders(
            eventID: "e-1",
            eventType: .view,
            receivedAt: Samples.now,
            source: SourceCoordinates(generation: 3, topic: .feedback, partition: 7, offset: 1234),
            reason: .keyMismatch,
            stage: .streamProcessor
        )
        #expect(EventHeaders(headers.pairs) == headers)
        let texts = Dictionary(uniqueKeysWithValues: headers.pairs.map { ($0.name, $0.text) })
        #expect(
            texts == [
                "event-id": "e-1", "event-type": "view", "received-at": "1795206458081", "schema-version": "1",
                "source": "3:feedback:7:1234", "reason": "key-mismatch", "stage": "stream-processor",
            ]
        )
        #expect(EventHeaders().pairs.map(\.name) == ["schema-version"])
    }

    @Test func `what does not read counts as absent`() {
        let headers = EventHeaders([
            (name: "received-at", text: "soon"), (name: "source", text: "1:2"), (name: "x", text: "y"),
            (name: "stage", text: "me"),
        ])
        #expect(headers == EventHeaders(schemaVersion: nil))
    }

    @Test func `new ids are UUIDs of version 7 that sort by time`() {
        var generator = SeededGenerator(seed: 1)
        let early = EventID.uuidV7(at: Timestamp(milliseconds: 0x0123_4567_89ab), using: &generator)
        let late = EventID.uuidV7(at: Timestamp(milliseconds: 0x0123_4567_89ac), using: &generator)
        #expect(early < late)
        #expect(early.wholeMatch(of: /01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(EventID.uuidV7(at: Samples.now) != EventID.uuidV7(at: Samples.now))
    }
}
