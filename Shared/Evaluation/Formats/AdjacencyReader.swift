/// Reads lines of a user and their items, separated by blanks or tabs; a user may have several lines.
enum AdjacencyReader {
    static func read(_ bytes: [UInt8]) throws(DataError) -> DataFile {
        var lines = try TextLines(bytes)
        var entries: [DataFile.Entry] = []
        var skipped = 0
        while let line = try lines.next() {
            guard
                !line.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "{")].contains($0) })
            else {
                throw DataError(
                    line: lines.number,
                    "ids are separated by blanks in this format; for CSV name --format movielens-csv, for JSON --format jsonl"
                )
            }
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard let user = fields.first else { continue }
            if fields.count == 1 { skipped += 1 }
            for item in fields.dropFirst() { entries.append(DataFile.Entry(source: String(user), item: String(item))) }
        }
        return DataFile(
            format: .adjacency,
            kind: .histories,
            value: .none,
            hasTimes: false,
            entries: entries,
            skippedLines: skipped
        )
    }
}
