import CRDKafka
import Glibc

/// A member's part in one generation of its consumer group: what a transaction shows to have its offsets accepted.
///
/// The group's coordinator refuses the offsets of a generation that is over, so a transaction of a member that has lost
/// its partitions cannot commit.
///
/// `@unchecked Sendable`: librdkafka only reads the object, which never changes.
public final class KafkaGroupMembership: @unchecked Sendable {
    /// The group's generation.
    public let generation: Int32
    let pointer: OpaquePointer

    /// The membership of `consumer` now; `nil` when it is in no generation.
    ///
    /// Blocks shortly.
    init?(of consumer: KafkaHandle) {
        guard let pointer = rd_kafka_consumer_group_metadata(consumer.pointer) else { return nil }
        guard let generation = Self.generation(pointer), generation >= 0 else {
            rd_kafka_consumer_group_metadata_destroy(pointer)
            return nil
        }
        self.pointer = pointer
        self.generation = generation
    }

    /// A membership that no coordinator gave, for tests.
    init(group: String, generation: Int32, member: String) {
        self.generation = generation
        pointer = rd_kafka_consumer_group_metadata_new_with_genid(group, generation, member, nil)
    }

    deinit {
        rd_kafka_consumer_group_metadata_destroy(pointer)
    }

    /// The generation stands after seven bytes of magic in the written form, the only way to it before librdkafka 2.5.
    private static func generation(_ metadata: OpaquePointer) -> Int32? {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return nil
        }
        guard let buffer else { return nil }
        // Allocated for the application, which is to free it.
        defer { free(buffer) }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
        guard size >= 11, bytes.prefix(7).elementsEqual("CGMDv2:".utf8) else { return nil }
        return bytes.loadUnaligned(fromByteOffset: 7, as: Int32.self)
    }
}
