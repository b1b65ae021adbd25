/// The highest offset applied per source partition, stored in the same write as the state it guards.
///
/// A user lives on one partition of each topic, so a user's fence has at most one entry per topic.
/// An event at or below its entry has been applied already; a newer generation of a topic starts over.
public struct Fence: Hashable, Sendable {
    /// The position in one source topic.
    public struct Entry: Hashable, Sendable {
        /// The topic's generation.
        public var generation: UInt32
        /// The source partition.
        public var partition: Int32
        /// The highest offset applied.
        public var offset: Int64

        /// Creates an entry.
        public init(generation: UInt32, partition: Int32, offset: Int64) {
            self.generation = generation
            self.partition = partition
            self.offset = offset
        }
    }

    struct Place: Hashable, Sendable {
        var topic: SignalTopic
        var entry: Entry
    }

    /// In the order of topics; mostly one or two, which is quicker to go through than a dictionary is to ask.
    private(set) var places: [Place]

    /// One entry per topic that has been applied at all.
    public var entries: [SignalTopic: Entry] {
        Dictionary(uniqueKeysWithValues: places.map { ($0.topic, $0.entry) })
    }

    /// Creates a fence that has let nothing through yet.
    public init(entries: [SignalTopic: Entry] = [:]) {
        self.init(places: entries.map { Place(topic: $0, entry: $1) }.sorted { $0.topic.rawValue < $1.topic.rawValue })
    }

    /// Takes places that are in the order of topics.
    init(places: [Place]) {
        self.places = places
    }

    /// Whether the event at `source` has been applied already, or belongs to a generation that has ended.
    public func covers(_ source: SourceCoordinates) -> Bool {
        guard let entry = places.first(where: { $0.topic == source.topic })?.entry else { return false }
        guard entry.generation == source.generation else { return source.generation < entry.generation }
        return source.offset <= entry.offset
    }

    /// Moves the fence up to `source`; never back, also where a test applies events that it covers.
    public mutating func advance(to source: SourceCoordinates) {
        guard !covers(source) else { return }
        let entry = Entry(generation: source.generation, partition: source.partition, offset: source.offset)
        let index = places.firstIndex { $0.topic.rawValue >= source.topic.rawValue } ?? places.endIndex
        if index < places.endIndex, places[index].topic == source.topic {
            places[index].entry = entry
        } else {
            places.insert(Place(topic: source.topic, entry: entry), at: index)
        }
    }
}
