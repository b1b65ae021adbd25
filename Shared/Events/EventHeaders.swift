/// The record headers that let a consumer route or skip without reading the body; all are UTF-8 text.
public struct EventHeaders: Hashable, Sendable {
    /// The names on the wire.
    public enum Name {
        /// The client's event id.
        public static let eventID = "event-id"
        /// The event's type.
        public static let eventType = "event-type"
        /// When the collector received it, in milliseconds since 1970.
        public static let receivedAt = "received-at"
        /// The version of the value's format.
        public static let schemaVersion = "schema-version"
        /// Where the event stands in its `events.*` topic.
        public static let source = "source"
        /// Why a record was rejected.
        public static let reason = "reason"
        /// Who rejected it.
        public static let stage = "stage"
    }

    /// The service that rejected a record.
    public enum Stage: String, Sendable {
        /// The collector.
        case collector
        /// The stream-processor.
        case streamProcessor = "stream-processor"
        /// The profile-updater.
        case profileUpdater = "profile-updater"
    }

    /// The version that this code writes.
    public static let currentSchemaVersion = "1"

    /// The client's event id.
    public var eventID: String?
    /// The event's type.
    public var eventType: EventType?
    /// When the collector received it; absent on what apps produce themselves.
    public var receivedAt: Timestamp?
    /// The version of the value's format.
    public var schemaVersion: String?
    /// The coordinates of the event that the record derives from; absent on `events.*` itself.
    public var source: SourceCoordinates?
    /// On `events.rejected`: why.
    public var reason: EventError.Reason?
    /// On `events.rejected`: who rejected it.
    public var stage: Stage?

    /// Creates headers; everything is absent unless given.
    public init(
        eventID: String? = nil,
        eventType: EventType? = nil,
        receivedAt: Timestamp? = nil,
        schemaVersion: String? = Self.currentSchemaVersion,
        source: SourceCoordinates? = nil,
        reason: EventError.Reason? = nil,
        stage: Stage? = nil
    ) {
        self.eventID = eventID
        self.eventType = eventType
        self.receivedAt = receivedAt
        self.schemaVersion = schemaVersion
        self.source = source
        self.reason = reason
        self.stage = stage
    }

    /// Reads names and texts; unknown names are passed over, texts that do not read count as absent, the last one wins.
    public init(_ pairs: [(name: String, text: String)]) {
        self.init(schemaVersion: nil)
        for (name, text) in pairs {
            switch name {
            case Name.eventID: eventID = text
            case Name.eventType: eventType = EventType(rawValue: text)
            case Name.receivedAt: receivedAt = Int64(text).map(Timestamp.init(milliseconds:))
            case Name.schemaVersion: schemaVersion = text
            case Name.source: source = SourceCoordinates(text)
            case Name.reason: reason = EventError.Reason(rawValue: text)
            case Name.stage: stage = Stage(rawValue: text)
            default: continue
            }
        }
    }

    /// The names and texts of what is present.
    public var pairs: [(name: String, text: String)] {
        var pairs: [(name: String, text: String)] = []
        pairs.reserveCapacity(7)
        func add(_ name: String, _ text: String?) { if let text { pairs.append((name, text)) } }
        add(Name.eventID, eventID)
        add(Name.eventType, eventType?.rawValue)
        add(Name.receivedAt, receivedAt.map { String($0.milliseconds) })
        add(Name.schemaVersion, schemaVersion)
        add(Name.source, source?.description)
        add(Name.reason, reason?.rawValue)
        add(Name.stage, stage?.rawValue)
        return pairs
    }
}
