public import Events

/// The names of all topics, under one prefix.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `topics.prefix` | `freshet.` | put in front of every topic's name |
/// | `topics.partitions` | 12 | partitions of the topics keyed by user; all have the same number |
public struct TopicNames: Sendable, Hashable {
    /// Put in front of every topic's name.
    public let prefix: String
    /// Partitions of the topics keyed by user, where topics are created.
    public let partitions: Int

    /// Creates names under `prefix`.
    public init(prefix: String = "freshet.", partitions: Int = 12) {
        self.prefix = prefix
        self.partitions = partitions
    }

    /// Reads the keys under `topics.`.
    public init(from reader: SettingsReader) throws(SettingsError) {
        prefix = try reader.string(
            "topics.prefix",
            default: "freshet.",
            description: "put in front of every topic's name"
        )
        partitions = try reader.int(
            "topics.partitions",
            default: 12,
            range: 1...10_000,
            description: "partitions of the topics keyed by user, the same for all"
        )
        guard prefix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) else {
            throw SettingsError(
                key: "topics.prefix",
                problem: "'\(prefix)' may hold only letters, digits, '.', '_', '-'"
            )
        }
    }

    /// The topic of one kind of signal, for example `freshet.events.clicks`.
    public func events(_ signal: SignalTopic) -> String { "\(prefix)events.\(signal.name)" }
    /// The topics of all kinds of signal.
    public var allEvents: [String] { SignalTopic.allCases.map(events) }
    /// Events that could not be processed.
    public var rejected: String { "\(prefix)events.rejected" }
    /// Validated, deduplicated, sessionised events.
    public var activity: String { "\(prefix)activity" }
    /// Which profile changed.
    public var profilesUpdated: String { "\(prefix)profiles.updated" }
    /// Who has entered or left which segments.
    public var segmentsUpdated: String { "\(prefix)segments.updated" }
    /// Whose list changed.
    public var recommendationsUpdated: String { "\(prefix)recommendations.updated" }
    /// Catalog entries, compacted.
    public var catalogItems: String { "\(prefix)catalog.items" }
    /// Fired rules.
    public var triggers: String { "\(prefix)triggers" }
    /// Trained models, compacted.
    public var modelsPublished: String { "\(prefix)models.published" }
    /// Consent changes and erasures.
    public var privacyRequests: String { "\(prefix)privacy.requests" }
}
