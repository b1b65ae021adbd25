/// Where an event stands in its `events.*` topic: what makes redelivery harmless.
///
/// Every record derived from the event carries these in its headers.
public struct SourceCoordinates: Hashable, Sendable {
    /// The topic's generation, minted when the topic was created.
    public var generation: UInt32
    /// The topic the event was read from.
    public var topic: SignalTopic
    /// The partition it was read from.
    public var partition: Int32
    /// The offset it was read at.
    public var offset: Int64

    /// Creates coordinates.
    public init(generation: UInt32, topic: SignalTopic, partition: Int32, offset: Int64) {
        self.generation = generation
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }
}
