extension SourceCoordinates: LosslessStringConvertible {
    /// The text of the `source` header: `<generation>:<signal>:<partition>:<offset>`, such as `3:feedback:7:1234`.
    public var description: String { "\(generation):\(topic.name):\(partition):\(offset)" }

    /// Reads the text of a `source` header; `nil` unless it is exactly what ``description`` writes.
    public init?(_ description: String) {
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4,
            let generation = UInt32(parts[0]),
            let topic = SignalTopic(name: parts[1]),
            let partition = Int32(parts[2]), partition >= 0,
            let offset = Int64(parts[3]), offset >= 0
        else { return nil }
        self.init(generation: generation, topic: topic, partition: partition, offset: offset)
        guard self.description == description else { return nil }
    }
}
