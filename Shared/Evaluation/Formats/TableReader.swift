/// Reads formats with a header and one interaction per line: `movielens-csv`, `sessions-tsv` and `atomic`.
struct TableReader {
    let format: DataFormat

    private struct Columns {
        var source: Int
        var item: Int
        var value: Int?
        var seconds: Int?
        var isSession = false
        var count: Int
    }

    func read(_ bytes: [UInt8]) throws(DataError) -> DataFile {
        var lines = try TextLines(bytes)
        guard let header = try lines.next() else { throw DataError("the file is empty; it \(format.hint)") }
        let columns = try self.columns(of: header, line: lines.number)
        var entries: [DataFile.Entry] = []
        entries.reserveCapacity(bytes.count / 24)
        while let line = try lines.next() {
            let fields = try fields(of: line, number: lines.number)
            guard fields.count == columns.count else {
                throw DataError(
                    line: lines.number,
                    "\(fields.count) fields where the header names \(columns.count); columns are separated by \(separatorName)"
                )
            }
            let (source, item) = (fields[columns.source], fields[columns.item])
            guard !source.isEmpty, !item.isEmpty else { throw DataError(line: lines.number, "an id is empty") }
            var entry = DataFile.Entry(source: source, item: item)
            if let value = columns.value { entry.value = Float(try number(fields[value], "rating", lines.number)) }
            if let seconds = columns.seconds { entry.seconds = try number(fields[seconds], "time", lines.number) }
            entries.append(entry)
        }
        return DataFile(
            format: format,
            kind: columns.isSession ? .sessions : .histories,
            value: columns.value == nil ? .none : .rating,
            hasTimes: columns.seconds != nil,
            entries: entries
        )
    }

    private func columns(of header: String, line: Int) throws(DataError) -> Columns {
        var names = try fields(of: header, number: line)
        if format == .atomic {
            guard names.allSatisfy({ $0.contains(":") }) else {
                throw DataError(line: line, "the header has no types; a file of this format \(format.hint)")
            }
            names = names.map { String($0.prefix { $0 != ":" }) }
        }
        let plain = names.map { $0.lowercased().filter { $0.isLetter || $0.isNumber } }
        func index(_ known: String...) -> Int? { plain.firstIndex(where: known.contains) }
        let session = index("sessionid", "session")
        let user = index("userid", "user")
        guard let source = format == .sessionsTSV ? session ?? user : user ?? session else {
            throw DataError(
                line: line,
                "no column with the user's id; a file of format \(format.rawValue) \(format.hint)"
            )
        }
        guard let item = index("itemid", "item", "movieid", "movie", "productid", "trackid", "articleid") else {
            throw DataError(
                line: line,
                "no column with the item's id; a file of format \(format.rawValue) \(format.hint)"
            )
        }
        return Columns(
            source: source,
            item: item,
            value: index("rating", "stars", "score"),
            seconds: index("timestamp", "time", "seconds"),
            isSession: source == session,
            count: names.count
        )
    }

    private var separator: Character { format == .movielensCSV ? "," : "\t" }
    private var separatorName: String { format == .movielensCSV ? "commas" : "tabs" }

    private func fields(of line: String, number: Int) throws(DataError) -> [String] {
        try FieldSplitter(separator).split(line, line: number)
    }

    private func number(_ text: String, _ what: String, _ line: Int) throws(DataError) -> Double {
        guard let value = Double(text), value.isFinite, what != "rating" || Float(value).isFinite else {
            throw DataError(line: line, "the \(what) \"\(text.prefix(40))\" is not a number")
        }
        return value
    }
}
