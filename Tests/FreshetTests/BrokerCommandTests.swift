import Kafka
import Testing

@testable import Freshet

@Suite struct BrokerCommandTests {
    @Test func `lines are commands`() throws {
        #expect(try BrokerCommand("down 2") == .down(2))
        #expect(try BrokerCommand("up 1") == .up(1))
        #expect(try BrokerCommand("coordinator g 1") == .coordinator("g", 1))
        let partition = KafkaTopicPartition(topic: "freshet.activity", partition: 3)
        #expect(try BrokerCommand("leader freshet.activity 3 2") == .leader(partition, 2))
    }

    @Test(arguments: ["", "down", "down two", "up -1", "leader freshet.activity 3", "sideways 1"])
    func `anything else is refused`(line: String) {
        #expect(throws: Complaint.self) { try BrokerCommand(line) }
    }

    @Test func `a partition moves to another broker of the embedded cluster`() throws {
        let broker = try EmbeddedBroker(brokers: 2)
        defer { broker.close() }
        try broker.createTopic("moved", partitions: 1)
        try BrokerCommand("leader moved 0 2").apply(to: broker)
        try BrokerCommand("coordinator g 2").apply(to: broker)
        try BrokerCommand("down 1").apply(to: broker)
        try BrokerCommand("up 1").apply(to: broker)
        #expect(throws: KafkaError.self) { try BrokerCommand("leader moved 9 2").apply(to: broker) }
    }
}
