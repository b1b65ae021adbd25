import Events
import Kafka

/// A record as it lies in the spool: everything that Kafka is to get, and since when it waits.
struct SpoolRecord: Hashable, Sendable {
    var storedAt: Timestamp
    var message: KafkaOutgoingMessage
}

extension SpoolRecord {
    /// Appends the record's bytes.
    func encode(to writer: inout BinaryWriter) {
        writer.write(zigzag: storedAt.milliseconds)
        writer.write(text: message.topic)
        Self.write(message.key, to: &writer)
        Self.write(message.value, to: &writer)
        writer.write(count: message.headers.count)
        for header in message.headers {
            writer.write(text: header.name)
            writer.write(count: header.value.count)
            writer.write(raw: header.value)
        }
    }

    /// Reads what ``encode(to:)`` wrote; nothing may follow.
    init(decoding bytes: [UInt8]) throws(BinaryReader.Failure) {
        var reader = BinaryReader(bytes)
        storedAt = Timestamp(milliseconds: try reader.readZigzag())
        message = KafkaOutgoingMessage(
            topic: try reader.readText(),
            key: try Self.readBytes(&reader),
            value: try Self.readBytes(&reader)
        )
        for _ in 0..<(try reader.readCount(ofAtLeast: 2)) {
            let name = try reader.readText()
            message.headers.append(KafkaHeader(name, value: Array(try reader.readRaw(count: try reader.readCount()))))
        }
        guard reader.isAtEnd else { throw .invalid }
    }

    /// A missing value is 0, one of n bytes is n + 1.
    private static func write(_ bytes: [UInt8]?, to writer: inout BinaryWriter) {
        writer.write(count: bytes.map { $0.count + 1 } ?? 0)
        if let bytes { writer.write(raw: bytes) }
    }

    private static func readBytes(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> [UInt8]? {
        let length = try reader.readCount()
        return length == 0 ? nil : Array(try reader.readRaw(count: length - 1))
    }
}
