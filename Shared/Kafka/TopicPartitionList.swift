import CRDKafka
import Glibc

/// Owns one of librdkafka's partition lists.
final class TopicPartitionList {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init() {
        guard let pointer = rd_kafka_topic_partition_list_new(16) else { preconditionFailure("out of memory") }
        self.pointer = pointer
    }

    convenience init(_ partitions: some Sequence<KafkaTopicPartition>) {
        self.init()
        for partition in partitions { add(partition) }
    }

    convenience init(_ offsets: [KafkaTopicPartition: Int64]) {
        self.init()
        for (partition, offset) in offsets { add(partition, offset: offset) }
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    func add(_ partition: KafkaTopicPartition, offset: Int64? = nil, metadata: String? = nil) {
        let entry = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
        if let offset { entry?.pointee.offset = offset }
        if let metadata, !metadata.isEmpty {
            // librdkafka frees it with the list.
            entry?.pointee.metadata = UnsafeMutableRawPointer(strdup(metadata))
            entry?.pointee.metadata_size = metadata.utf8.count
        }
    }

    /// Lends the list to librdkafka; it lives at least until `body` returns.
    func lend<Result>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> Result) -> Result {
        withExtendedLifetime(self) { body(pointer) }
    }

    /// The partitions; their texts live as long as the list.
    func map<Value>(_ transform: (rd_kafka_topic_partition_t) -> Value) -> [Value] {
        withExtendedLifetime(self) { Self.elements(pointer).map(transform) }
    }

    static func elements(
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) -> [rd_kafka_topic_partition_t] {
        guard let list else { return [] }
        return Array(UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)))
    }

    static func names(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [KafkaTopicPartition] {
        elements(list).map(\.name)
    }
}

extension rd_kafka_topic_partition_t {
    var name: KafkaTopicPartition { KafkaTopicPartition(topic: String(cString: topic), partition: partition) }

    var metadataText: String? {
        guard let metadata, metadata_size > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: metadata, count: metadata_size), as: UTF8.self)
    }
}
