/// A named value beside a message's body; consumers can route by it without parsing the body.
public struct KafkaHeader: Sendable, Hashable {
    /// The header's name; a message may carry one name several times.
    public var name: String
    /// The bytes.
    public var value: [UInt8]

    /// Creates a header of bytes.
    public init(_ name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Creates a header of UTF-8 text.
    public init(_ name: String, _ text: String) {
        self.init(name, value: Array(text.utf8))
    }
}

/// One partition of one topic.
public struct KafkaTopicPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The topic's full name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32

    /// Creates the name of a partition.
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// As in `events.views[3]`.
    public var description: String { "\(topic)[\(partition)]" }

    /// By topic, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

/// A message read from the broker, copied out of librdkafka's memory.
public struct KafkaMessage: Sendable {
    /// The topic's full name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32
    /// Its place in the partition.
    public var offset: Int64
    /// The record's time in milliseconds since 1970, -1 when the broker has none.
    public var timestamp: Int64
    /// What decided the partition.
    public var key: [UInt8]?
    /// The body; `nil` is a tombstone.
    public var value: [UInt8]?
    /// In the order in which they were sent.
    public var headers: [KafkaHeader]

    /// Creates a message, as tests do.
    public init(
        topic: String,
        partition: Int32,
        offset: Int64,
        timestamp: Int64,
        key: [UInt8]?,
        value: [UInt8]?,
        headers: [KafkaHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// The value of the last header called `name`.
    public func header(_ name: String) -> [UInt8]? {
        headers.last { $0.name == name }?.value
    }

    /// Where the message was read.
    public var topicPartition: KafkaTopicPartition { KafkaTopicPartition(topic: topic, partition: partition) }

    /// About how much memory the message holds.
    var byteCount: Int {
        headers.reduce(128 + (key?.count ?? 0) + (value?.count ?? 0)) { $0 + $1.name.utf8.count + $1.value.count + 64 }
    }
}

/// A message to send; the partition follows from the key (murmur2, as Java's clients choose it).
public struct KafkaOutgoingMessage: Sendable, Hashable {
    /// The topic's full name.
    public var topic: String
    /// What decides the partition; without one the partition is random.
    public var key: [UInt8]?
    /// The body; `nil` is a tombstone.
    public var value: [UInt8]?
    /// Kept in this order.
    public var headers: [KafkaHeader]

    /// Creates a message.
    public init(topic: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Where the broker put a message.
public struct KafkaDelivery: Sendable, Hashable {
    /// The partition's number.
    public var partition: Int32
    /// The message's place in it.
    public var offset: Int64

    /// Creates a delivery, as tests do.
    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}
