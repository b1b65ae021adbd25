extension Fence {
    /// The fence's bytes: the number of entries, then per topic in ascending order topic, generation, partition, offset.
    ///
    /// At most 148 bytes. Equal fences have equal bytes, so a compare-and-set may compare bytes.
    public func encoded() -> [UInt8] {
        var writer = BinaryWriter(reservingCapacity: 1 + places.count * 12)
        encode(into: &writer)
        return writer.bytes
    }

    /// Appends the fence's bytes.
    public func encode(into writer: inout BinaryWriter) {
        writer.write(byte: UInt8(places.count))
        for place in places {
            writer.write(byte: place.topic.rawValue)
            writer.write(varint: UInt64(place.entry.generation))
            writer.write(varint: UInt64(place.entry.partition))
            writer.write(varint: UInt64(place.entry.offset))
        }
    }

    /// Reads a fence and leaves the reader behind it.
    public init(decoding reader: inout BinaryReader) throws(BinaryReader.Failure) {
        var places: [Place] = []
        var previous: UInt8 = 0
        for _ in 0..<(try reader.readByte()) {
            let code = try reader.readByte()
            guard code > previous, let topic = SignalTopic(rawValue: code) else { throw .invalid }
            previous = code
            let entry = Entry(
                generation: try reader.readVarint(as: UInt32.self),
                partition: try reader.readVarint(as: Int32.self),
                offset: try reader.readVarint(as: Int64.self)
            )
            places.append(Place(topic: topic, entry: entry))
        }
        self.init(places: places)
    }

    /// Reads a fence that makes up all of `bytes`.
    public init(decoding bytes: [UInt8]) throws(BinaryReader.Failure) {
        var reader = BinaryReader(bytes)
        try self.init(decoding: &reader)
        guard reader.isAtEnd else { throw .invalid }
    }
}
