public import Events

/// What the registry knows of one published version, as JSON beside the artefact.
public struct ModelRecord: Codable, Hashable, Sendable {
    /// How a version came about.
    public enum Origin: String, Codable, Hashable, Sendable {
        /// The trainer fitted it.
        case training
        /// An operator submitted it, and the guard let it through.
        case candidate
        /// An operator published it past the guard.
        case forced
        /// It is an earlier version again, in the place of one that did harm.
        case rollback
    }

    /// The version; 0 while it has none.
    public var version: UInt64 = 0
    /// How it came about.
    public var origin: Origin
    /// When it was published.
    public var publishedAt: Timestamp
    /// `redis`, or the name of a file in the registry's directory.
    public internal(set) var artefact = ""
    /// The artefact's length.
    public internal(set) var bytes = 0
    /// The version whose artefact this is, for a rollback.
    public var restores: UInt64?
    /// The version that was taken back, for a rollback.
    public var replaces: UInt64?
    /// The candidate's id, for an operator's artefact.
    public var candidate: String?
    /// What the artefact says of itself, as JSON.
    public var summary: String

    /// Creates a record of what is about to be published.
    public init(
        origin: Origin,
        publishedAt: Timestamp,
        restores: UInt64? = nil,
        replaces: UInt64? = nil,
        candidate: String? = nil,
        summary: String = "{}"
    ) {
        self.origin = origin
        self.publishedAt = publishedAt
        self.restores = restores
        self.replaces = replaces
        self.candidate = candidate
        self.summary = summary
    }
}

/// A model that was not published, and why.
public struct ModelRefusal: Codable, Hashable, Sendable {
    /// When it was refused.
    public var at: Timestamp
    /// Where it came from.
    public var origin: ModelRecord.Origin
    /// Why, for people.
    public var reason: String
    /// The candidate's id, for an operator's artefact.
    public var candidate: String?

    /// Creates a refusal.
    public init(at: Timestamp, origin: ModelRecord.Origin, reason: String, candidate: String? = nil) {
        self.at = at
        self.origin = origin
        self.reason = reason
        self.candidate = candidate
    }
}

/// Where artefacts are kept; the pointer to the version that serves is in Redis in any case.
public enum ModelRegistry: Hashable, Sendable {
    /// In Redis, up to 512 MB each.
    case redis
    /// As files of a directory that all scorers see; object stores can be mounted as one.
    case directory(String)

    /// `redis`, or the path of a directory.
    public init(setting: String) {
        self = setting == "redis" ? .redis : .directory(setting)
    }
}
