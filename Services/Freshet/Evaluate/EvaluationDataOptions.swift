import ArgumentParser
import Evaluation
import Foundation

/// Which data are evaluated on, and how they are divided.
struct EvaluationDataOptions: ParsableArguments {
    /// Whether items already seen stay in the lists.
    enum Seen: String, EnumerableFlag {
        case includeSeen, excludeSeen
    }

    @Option(help: ArgumentHelp("One file, divided by --split.", valueName: "file"))
    var data: String?

    @Option(help: ArgumentHelp("What models learn from.", valueName: "file"))
    var train: String?

    @Option(help: ArgumentHelp("What they are asked.", valueName: "file"))
    var test: String?

    @Option(help: ArgumentHelp("The files' format, where it cannot be told: \(formats).", valueName: "format"))
    var format: String?

    @Option(help: ArgumentHelp("What the items are, for content models: CSV or RecBole's .item.", valueName: "file"))
    var items: String?

    @Option(help: ArgumentHelp("The least rating of a positive (default: 4 for ratings).", valueName: "rating"))
    var positive: Float?

    @Option(help: ArgumentHelp("How --data is divided: \(splits).", valueName: "split"))
    var split: String?

    @Option(help: ArgumentHelp("The share that is hidden.", valueName: "share"))
    var fraction = 0.2

    @Option(help: ArgumentHelp("The groups of --split k-fold.", valueName: "k"))
    var folds = 5

    @Option(
        help: ArgumentHelp("Models are told the latest n positives alone; use with --split k-fold.", valueName: "n")
    )
    var known: Int?

    @Flag(help: "Items already seen stay in the lists (default: of users they do not, of sessions they do).")
    var seen: Seen?

    @Flag(help: "The current item of a session stays in the lists.")
    var includeCurrent = false

    static let formats = DataFormat.allCases.map(\.rawValue).joined(separator: ", ")
    static let splits = Split.Method.allCases.map(\.rawValue).joined(separator: ", ")

    var isEmpty: Bool { data == nil && train == nil && test == nil }

    func validate() throws {
        if data != nil, train != nil || test != nil {
            throw ValidationError("--data is one file to be divided; give either it or --train and --test")
        }
        if (train == nil) != (test == nil) { throw ValidationError("--train and --test belong together") }
        if let format, DataFormat(rawValue: format) == nil {
            throw ValidationError("there is no format \"\(format)\"; there are \(Self.formats)")
        }
        if let split, Split.Method(rawValue: split) == nil {
            throw ValidationError("there is no split \"\(split)\"; there are \(Self.splits)")
        }
        if split != nil, data == nil, !isEmpty {
            throw ValidationError("--split divides --data; --train and --test are used as they are")
        }
        guard fraction > 0, fraction < 1 else { throw ValidationError("--fraction is above 0 and below 1") }
        guard folds > 1 else { throw ValidationError("--folds is at least 2") }
        guard known ?? 1 > 0 else { throw ValidationError("--known is at least 1") }
        guard positive?.isFinite ?? true else { throw ValidationError("--positive is a number") }
    }

    /// What was read.
    struct Input {
        var folds: [Fold]
        var split: Split
        var wasGiven: Bool
        var itemIDs: [String]
        var description: EvaluationReport.Data
    }

    func read(seed: UInt64) throws -> Input {
        let names = data.map { [$0] } ?? [train, test].compactMap { $0 }
        let files = try names.map(readFile)
        var sets = try Evaluation.Dataset.read(files, positiveFrom: positive)
        if let items {
            let contents = try parse(items) { bytes throws(DataError) in
                try ItemTable.read(bytes, for: sets[0].itemIDs)
            }
            for index in sets.indices { sets[index].contents = contents }
        }
        let split = Split(
            self.split.flatMap(Split.Method.init) ?? .temporal,
            fraction: fraction,
            folds: folds,
            seed: seed,
            includesSeen: seen.map { $0 == .includeSeen },
            includesCurrent: includeCurrent,
            known: known
        )
        let wasGiven = sets.count == 2
        let divided = wasGiven ? [try split.fold(training: sets[0], test: sets[1])] : try split.folds(of: sets[0])
        return Input(
            folds: divided,
            split: split,
            wasGiven: wasGiven,
            itemIDs: sets[0].itemIDs,
            description: EvaluationReport.Data(
                files: names.map { URL(filePath: $0).lastPathComponent },
                format: files.map(\.format.rawValue).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
                    .joined(separator: " and "),
                split: split.words(kind: sets[0].kind, wasGiven: wasGiven),
                folds: divided,
                notes: DataNotes(files: files, sets: sets, split: split, folds: divided, wasGiven: wasGiven).lines
            )
        )
    }

    private func readFile(_ name: String) throws -> DataFile {
        try parse(name) { bytes throws(DataError) in
            try DataFormat.read(bytes, as: format.flatMap(DataFormat.init))
        }
    }

    /// Says of which file an error speaks.
    private func parse<Result>(_ name: String, _ read: ([UInt8]) throws(DataError) -> Result) throws -> Result {
        guard FileManager.default.fileExists(atPath: name) else {
            throw EvaluationComplaint("there is no file \(name)")
        }
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: name), options: .mappedIfSafe)
        } catch {
            throw EvaluationComplaint("cannot read \(name): \(error.localizedDescription)")
        }
        do {
            return try read(Array(content))
        } catch {
            throw EvaluationComplaint("\(name): \(error)")
        }
    }
}
