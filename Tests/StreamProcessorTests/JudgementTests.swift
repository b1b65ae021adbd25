import Events
import Kafka
import ServiceSupport
import Sessions
import Stores
import Testing

@testable import StreamProcessor

@Suite("Judgement of a batch")
struct JudgementTests {
    private let user = UserKey(userID: "u1")

    @Test func `what the fence covers is redelivered, what a client repeats is a duplicate`() throws {
        var before = Judgement(loaded: [user: .state(nil)], policy: SessionPolicy(), fencing: .enforced)
        for (offset, id) in [(0, "a"), (1, "b"), (2, "a")] { before.judge(try event(id, offset: Int64(offset))) }
        #expect(before.processed.count == 2)
        #expect(before.duplicates == 1)
        let write = try #require(before.writes.first)
        #expect(write.expected == nil)

        var after = Judgement(loaded: [user: .state(write.state)], policy: SessionPolicy(), fencing: .enforced)
        for (offset, id) in [(1, "b"), (2, "a"), (3, "c")] { after.judge(try event(id, offset: Int64(offset))) }
        #expect(after.redelivered == 2)
        #expect(after.processed.map(\.intake.event.event.eventID) == ["c"])
        #expect(after.writes.first?.expected == write.state.fence)
        #expect(after.writes.first?.state.processed == 3)
    }

    @Test func `a batch that was applied already writes nothing`() throws {
        var first = Judgement(loaded: [user: .state(nil)], policy: SessionPolicy(), fencing: .enforced)
        first.judge(try event("a", offset: 0))
        var again = Judgement(
            loaded: [user: .state(first.writes.first?.state)],
            policy: SessionPolicy(),
            fencing: .enforced
        )
        again.judge(try event("a", offset: 0))
        #expect(again.writes.isEmpty)
        #expect(again.processed.isEmpty)
    }

    @Test func `a state that cannot be used refuses its user's events only`() throws {
        let other = UserKey(userID: "u2")
        var judgement = Judgement(
            loaded: [user: .failed(StoreError(code: .corrupt, message: "x")), other: .state(nil)],
            policy: SessionPolicy(),
            fencing: .enforced
        )
        judgement.judge(try event("a", offset: 0))
        judgement.judge(try event("b", offset: 1, user: "u2"))
        #expect(judgement.refused.map(\.error.reason) == [.unprocessable])
        #expect(judgement.processed.count == 1)
    }

    @Test func `direct producers are checked like the collector's events`() throws {
        #expect(throws: EventIntake.Rejected.self) { try read(#"{"eventId":"#, key: "u1") }
        let rejected = rejection(
            #"{"eventId":"e","type":"rating","userId":"u1","itemId":"i","value":4,"timestamp":0}"#,
            key: "u2"
        )
        #expect(rejected?.error.reason == .keyMismatch)
        #expect(rejection(nil, key: "u1")?.error.reason == .malformedJSON)
    }

    @Test func `an event on another partition than its user's is rejected, on the user's it is not`() throws {
        let json = #"{"eventId":"e","type":"rating","userId":"u1","itemId":"i","value":4,"timestamp":0}"#
        let home = Murmur2.partition(forKey: "u1".utf8, count: 12)
        for partition in Int32(0)..<12 {
            var record = message(json, key: "u1")
            record.partition = partition
            switch try #require(intake(partitions: 12).read(record)) {
            case .success: #expect(partition == home)
            case .failure(let rejected):
                #expect(partition != home)
                #expect(rejected.error.reason == .wrongPartition)
                #expect(rejected.source.partition == partition)
            }
        }
    }

    @Test func `partitions that were added stop the service`() throws {
        let topology = StreamTopology(generations: [:], partitions: 12)
        try topology.check([KafkaTopicPartition(topic: "t", partition: 11)])
        #expect(throws: KafkaConsumptionRefused.self) {
            try topology.check([KafkaTopicPartition(topic: "t", partition: 12)])
        }
    }

    @Test func `received-at is the header's, else the record's timestamp`() throws {
        let json = #"{"eventId":"e","type":"rating","userId":"u1","itemId":"i","value":4,"timestamp":0}"#
        #expect(try read(json, key: "u1").receivedAt.milliseconds == 1_700_000_000_000)
        #expect(try read(json, key: "u1", receivedAt: "1600000000000").receivedAt.milliseconds == 1_600_000_000_000)
        #expect(try read(json, key: "u1").event.isOld)
    }

    @Test(arguments: [Int64.max, .min, 253_402_300_800_000])
    func `times that nobody can write neither stop the stream nor count`(time: Int64) throws {
        let json = #"{"eventId":"e","type":"rating","userId":"u1","itemId":"i","value":4,"timestamp":1700000000000}"#
        #expect(try read(json, key: "u1", receivedAt: "\(time)").receivedAt.milliseconds == 1_700_000_000_000)
        var record = message(json, key: "u1")
        record.timestamp = time
        switch try #require(intake.read(record)) {
        case .success(let event): #expect(event.receivedAt == .latest)
        case .failure(let rejected): #expect(rejected.error.reason == .futureTimestamp)
        }
    }

    @Test func `what goes to events.rejected is cut to what a broker takes`() throws {
        let huge = [UInt8](repeating: 0x78, count: 1_000_000)
        var record = message(nil, key: "u1")
        (record.key, record.value) = (huge, huge)
        let rejected = EventRecords(topics: TopicNames()).rejected(
            record,
            source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: 0),
            error: EventError(.tooLarge, "")
        )
        #expect(rejected.key?.count == UserKey.maximumLength)
        #expect(rejected.value?.count == EventLimits().maximumEventBytes)
    }

    // MARK: Building

    private func event(_ id: String, offset: Int64, user: String = "u1") throws -> EventIntake.Accepted {
        try read(
            #"{"eventId":"\#(id)","type":"rating","userId":"\#(user)","itemId":"i","value":4,"timestamp":1700000000000}"#,
            key: user,
            offset: offset
        )
    }

    private func rejection(_ json: String?, key: String) -> EventIntake.Rejected? {
        guard case .failure(let rejected)? = intake.read(message(json, key: key)) else { return nil }
        return rejected
    }

    private func read(
        _ json: String?,
        key: String,
        offset: Int64 = 0,
        receivedAt: String? = nil
    ) throws -> EventIntake.Accepted {
        try #require(intake.read(message(json, key: key, offset: offset, receivedAt: receivedAt))).get()
    }

    private var intake: EventIntake { intake(partitions: 1) }

    private func intake(partitions: Int32) -> EventIntake {
        EventIntake(
            topics: TopicNames(),
            topology: StreamTopology(generations: ["freshet.events.feedback": 1], partitions: partitions),
            validator: EventValidator()
        )
    }

    private func message(
        _ json: String?,
        key: String,
        offset: Int64 = 0,
        receivedAt: String? = nil
    ) -> KafkaMessage {
        KafkaMessage(
            topic: "freshet.events.feedback",
            partition: 0,
            offset: offset,
            timestamp: 1_700_000_000_000,
            key: Array(key.utf8),
            value: json.map { Array($0.utf8) },
            headers: receivedAt.map { [KafkaHeader("received-at", $0)] } ?? []
        )
    }
}
