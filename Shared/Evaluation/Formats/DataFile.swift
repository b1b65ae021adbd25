/// What one file says: who did what, in the order of the file, with ids as they stand there.
public struct DataFile: Hashable, Sendable {
    /// One line, or one pair of a line with many.
    public struct Entry: Hashable, Sendable {
        /// The user, or the session.
        public var source: String
        /// The item.
        public var item: String
        /// The rating or weight; 1 where the file has none.
        public var value: Float
        /// When, in seconds; 0 where the file has no times.
        public var seconds: Double

        /// Creates an entry.
        public init(source: String, item: String, value: Float = 1, seconds: Double = 0) {
            self.source = source
            self.item = item
            self.value = value
            self.seconds = seconds
        }
    }

    /// What ``Entry/value`` means.
    public enum Value: String, Hashable, Sendable {
        /// The file has none.
        case none
        /// An opinion that may be against the item.
        case rating
        /// How strong the interest was.
        case weight
    }

    /// What the file's lines are about.
    public enum Kind: String, Hashable, Sendable {
        /// Users and what they know: what else might they like?
        case histories
        /// Sessions of clicks: what comes next?
        case sessions
    }

    /// The format that was read.
    public var format: DataFormat
    /// Users or sessions.
    public var kind: Kind
    /// What the values mean.
    public var value: Value
    /// Whether the file has times.
    public var hasTimes: Bool
    /// The entries in the order of the file.
    public var entries: [Entry]
    /// Lines that hold no interaction (events without an item, for instance).
    public var skippedLines: Int

    /// Creates the contents of a file.
    public init(
        format: DataFormat,
        kind: Kind,
        value: Value,
        hasTimes: Bool,
        entries: [Entry],
        skippedLines: Int = 0
    ) {
        self.format = format
        self.kind = kind
        self.value = value
        self.hasTimes = hasTimes
        self.entries = entries
        self.skippedLines = skippedLines
    }
}
