extension SourceCoordinates: LosslessStringConvertible {
    /// The text of the `source` header: `<generation>:<signal>:<partition>:<offset>`, such as `3:feedback:7:1234`.
    public var description: String { "\(generation):\(topic.name):\(partition):\(offset)" }

    /// Reads the text of a `source` header; `nil` unless it is exactly what ``description`` writes.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8))
    }

    /// Reads the bytes of a `source` header; `nil` unless they are exactly what ``description`` writes.
    public init?(utf8 bytes: [UInt8]) {
        var rest = bytes[...]
        guard let generation = Self.number(&rest, before: UInt8(ascii: ":")).flatMap(UInt32.init(exactly:)),
            let topic = Self.topic(&rest),
            let partition = Self.number(&rest, before: UInt8(ascii: ":")).flatMap(Int32.init(exactly:)),
            let offset = Self.number(&rest, before: nil)
        else { return nil }
        self.init(generation: generation, topic: topic, partition: partition, offset: offset)
    }

    /// The topic's name and the colon behind it.
    private static func topic(_ rest: inout ArraySlice<UInt8>) -> SignalTopic? {
        guard let end = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = rest[..<end]
        rest = rest[(end + 1)...]
        return SignalTopic.allCases.first { $0.name.utf8.elementsEqual(name) }
    }

    /// Decimal digits without leading zeros up to `end`, or up to the end of all.
    private static func number(_ rest: inout ArraySlice<UInt8>, before end: UInt8?) -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while let byte = rest.popFirst() {
            if byte == end { return digits > 0 ? value : nil }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits == 0 || value > 0 else { return nil }
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, exceeds) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflows, !exceeds else { return nil }
            (value, digits) = (sum, digits + 1)
        }
        return end == nil && digits > 0 ? value : nil
    }
}
