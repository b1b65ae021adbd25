public import Recommenders

/// Interactions with indices in place of ids: users (or sessions) and items count from zero in the order of their ids.
public struct Dataset: Hashable, Sendable {
    /// One interaction.
    public struct Entry: Hashable, Sendable {
        /// The index of the user or session.
        public var source: Int
        /// The item's index.
        public var item: Int
        /// The rating or weight.
        public var value: Float
        /// When, in seconds.
        public var seconds: Double

        /// Creates an entry.
        public init(source: Int, item: Int, value: Float = 1, seconds: Double = 0) {
            self.source = source
            self.item = item
            self.value = value
            self.seconds = seconds
        }
    }

    /// Users, or sessions.
    public var kind: DataFile.Kind
    /// Whether times are known.
    public var hasTimes: Bool
    /// The ids of the users or sessions.
    public var sourceIDs: [String]
    /// The ids of the items.
    public var itemIDs: [String]
    /// What each item is, where that was read.
    public var contents: [ItemContent]?
    /// The interactions, grouped by source and by time within each, ties in the order of the file.
    ///
    /// A user has each item once, the latest interaction counts; sessions keep every click.
    public var entries: [Entry]
    /// From which value on an interaction is one to learn from and to find again.
    public var positiveFrom: Float
    /// How many entries were dropped because the same user has a later one with the same item.
    public var duplicates: Int

    /// Puts entries in order; see ``entries``.
    public init(
        kind: DataFile.Kind,
        hasTimes: Bool,
        sourceIDs: [String],
        itemIDs: [String],
        entries: [Entry],
        positiveFrom: Float
    ) {
        self.kind = kind
        self.hasTimes = hasTimes
        self.sourceIDs = sourceIDs
        self.itemIDs = itemIDs
        self.positiveFrom = positiveFrom
        let ordered = entries.enumerated()
            .sorted {
                ($0.element.source, $0.element.seconds, $0.offset) < ($1.element.source, $1.element.seconds, $1.offset)
            }
            .map(\.element)
        guard kind == .histories else {
            self.entries = ordered
            duplicates = 0
            return
        }
        var seen: Set<Int> = []
        var latest: [Entry] = []
        latest.reserveCapacity(ordered.count)
        for entry in ordered.reversed() where seen.insert(entry.source * itemIDs.count + entry.item).inserted {
            latest.append(entry)
        }
        duplicates = ordered.count - latest.count
        self.entries = latest.reversed()
    }

    /// Whether an entry is one to learn from and to find again.
    func isPositive(_ entry: Entry) -> Bool { entry.value > 0 && entry.value >= positiveFrom }

    /// The entries of each user or session, oldest first.
    func bySource() -> [[Entry]] {
        var groups = [[Entry]](repeating: [], count: sourceIDs.count)
        for entry in entries { groups[entry.source].append(entry) }
        return groups
    }

    /// The same users and items with other entries, which must be in order already.
    func with(_ entries: [Entry]) -> Dataset {
        var other = self
        other.entries = entries
        return other
    }
}

extension Dataset {
    /// Reads one file, or a training and a test file whose ids are numbered together.
    ///
    /// `positiveFrom` is the least rating of a positive; `nil` means 4 for ratings, and everything above zero otherwise.
    public static func read(_ files: [DataFile], positiveFrom: Float? = nil) throws(DataError) -> [Dataset] {
        guard let first = files.first else { throw DataError("no file is given") }
        for file in files where file.kind != first.kind {
            throw DataError("one file holds users' histories and the other one sessions; both must be the same")
        }
        let sources = IDOrder.sorted(Set(files.lazy.flatMap { $0.entries.lazy.map(\.source) }))
        let named = IDOrder.sorted(Set(files.lazy.flatMap { $0.entries.lazy.map(\.item) }))
        let items = files.allSatisfy { $0.format == .adjacency } ? IDOrder.filled(named) : named
        let sourceIndex = Dictionary(uniqueKeysWithValues: zip(sources, 0...))
        let itemIndex = Dictionary(uniqueKeysWithValues: zip(items, 0...))
        let threshold = positiveFrom ?? (files.contains { $0.value == .rating } ? 4 : 0)
        return files.map { file in
            Dataset(
                kind: file.kind,
                hasTimes: file.hasTimes,
                sourceIDs: sources,
                itemIDs: items,
                entries: file.entries.map { entry in
                    Entry(
                        source: sourceIndex[entry.source, default: 0],
                        item: itemIndex[entry.item, default: 0],
                        value: entry.value,
                        seconds: entry.seconds
                    )
                },
                positiveFrom: file.value == .none ? 0 : threshold
            )
        }
    }
}
