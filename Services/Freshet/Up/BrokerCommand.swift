import Kafka

/// What `freshet up --broker-commands` understands on its standard input, to break and to move the embedded broker.
enum BrokerCommand: Equatable {
    /// `down 2`: the broker drops its connections and takes none.
    case down(Int32)
    /// `up 2`: it takes connections again; nothing is lost.
    case up(Int32)
    /// `leader freshet.activity 3 2`: broker 2 leads partition 3 of the topic from now on.
    case leader(KafkaTopicPartition, Int32)
    /// `coordinator freshet.scorer 1`: broker 1 coordinates that consumer group.
    case coordinator(String, Int32)

    /// Reads a line.
    init(_ line: String) throws(Complaint) {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "down" where words.count == 2: self = .down(try Self.number(words[1]))
        case "up" where words.count == 2: self = .up(try Self.number(words[1]))
        case "leader" where words.count == 4:
            let partition = KafkaTopicPartition(topic: words[1], partition: try Self.number(words[2]))
            self = .leader(partition, try Self.number(words[3]))
        case "coordinator" where words.count == 3: self = .coordinator(words[1], try Self.number(words[2]))
        default:
            throw Complaint(
                "'\(line)' is none of: down BROKER, up BROKER, leader TOPIC PARTITION BROKER, coordinator GROUP BROKER"
            )
        }
    }

    private static func number(_ word: String) throws(Complaint) -> Int32 {
        guard let number = Int32(word), number >= 0 else { throw Complaint("'\(word)' is not a number") }
        return number
    }

    /// Does it.
    func apply(to broker: EmbeddedBroker) throws(KafkaError) {
        switch self {
        case .down(let number): try broker.setBrokerDown(number)
        case .up(let number): try broker.setBrokerUp(number)
        case .leader(let partition, let number): try broker.setLeader(of: partition, to: number)
        case .coordinator(let group, let number): try broker.setCoordinator(of: group, to: number)
        }
    }
}
