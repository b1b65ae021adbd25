import Recommenders

/// What a reader of figures should know about the data behind them.
public struct DataNotes: Hashable, Sendable {
    /// One sentence each.
    public let lines: [String]

    /// Looks at what was read and how it was divided.
    public init(files: [DataFile], sets: [Dataset], split: Split, folds: [Fold], wasGiven: Bool) {
        var lines: [String] = []
        if let set = sets.first(where: { $0.positiveFrom > 0 }) {
            lines.append("positives are ratings of \(Figures.short(Double(set.positiveFrom))) and more (--positive)")
        }
        let skipped = files.reduce(0) { $0 + $1.skippedLines }
        if skipped > 0 { lines.append("\(Figures.grouped(skipped)) lines hold no interaction and were passed over") }
        let named = Set(sets.flatMap { $0.entries.map(\.item) }).count
        if named < sets[0].itemIDs.count {
            let unnamed = Figures.grouped(sets[0].itemIDs.count - named)
            lines.append("items are numbered from 0: the \(unnamed) numbers that stand nowhere are candidates, too")
        }
        let duplicates = sets.reduce(0) { $0 + $1.duplicates }
        if duplicates > 0 {
            lines.append("\(Figures.grouped(duplicates)) repeated user-item pairs: the latest counts")
        }
        let unreachable = folds.reduce(0) {
            $0 + $1.cases.reduce(0) { $0 + $1.wanted.count(where: $1.excluded.contains) }
        }
        if unreachable > 0, sets[0].kind == .histories {
            lines.append(
                "\(Figures.grouped(unreachable)) test pairs stand in the training data, too, and cannot be found again; --include-seen keeps them"
            )
        }
        if !wasGiven, split.method != .timeCut, let leak = Self.shortHistories(sets[0]) { lines.append(leak) }
        self.lines = lines
    }

    /// Says so when many users did everything within an hour: a split of each user's own time then tells little about
    /// what was known when.
    private static func shortHistories(_ data: Dataset) -> String? {
        guard data.kind == .histories, data.hasTimes else { return nil }
        let spans = data.bySource().compactMap { entries -> Double? in
            let times = entries.map(\.seconds)
            guard entries.count > 1, let first = times.min(), let last = times.max() else { return nil }
            return last - first
        }
        let short = spans.count { $0 <= 3600 }
        guard !spans.isEmpty, Double(short) / Double(spans.count) > 0.1 else { return nil }
        return
            "\(Figures.grouped(short)) of the \(Figures.grouped(data.sourceIDs.count)) users did everything within one "
            + "hour: this split leaks calendar time between users and holds implementations against figures rather than ranking methods"
    }
}

extension Split {
    /// How data are divided, in words.
    public func words(kind: DataFile.Kind, wasGiven: Bool) -> String {
        let share = "\(Figures.short(fraction * 100)) %"
        let what = kind == .histories ? "each user's positives" : "sessions"
        var words: String
        if wasGiven {
            words = "training and test file as given"
        } else {
            switch method {
            case .temporal: words = "the last \(share) of \(what) hidden, by time"
            case .timeCut: words = "the last \(share) of all \(kind == .histories ? "positives" : "sessions") by time"
            case .leaveOneOut: words = "the last positive of each user hidden, by time"
            case .random: words = "a random \(share) of \(what) hidden"
            case .kFold:
                words =
                    "\(folds) groups of \(kind == .histories ? "users, \(share) of each one's positives hidden" : "sessions")"
            }
        }
        if kind == .sessions { words += ", every prefix predicted" }
        if let includesSeen { words += includesSeen ? ", seen items stay in the lists" : ", seen items left out" }
        if let known { words += ", models are told the latest \(known) positives of whom they are asked about" }
        if includesCurrent { words += ", the current item stays in the lists" }
        return words
    }
}
