/// The formats of interaction data that can be read.
public enum DataFormat: String, Hashable, Sendable, CaseIterable {
    /// `userId,movieId,rating,timestamp` with a header; rating and timestamp may be missing.
    case movielensCSV = "movielens-csv"
    /// A user and their items, separated by blanks: `user item item …`.
    case adjacency
    /// `SessionId ItemId Time`, separated by tabs, with a header.
    case sessionsTSV = "sessions-tsv"
    /// RecBole's atomic files: tabs and a typed header such as `user_id:token`.
    case atomic
    /// A JSON object per line, Freshet's own events among them.
    case jsonl

    /// Reads a file; the format is guessed when none is given.
    public static func read(_ bytes: [UInt8], as format: DataFormat? = nil) throws(DataError) -> DataFile {
        let format = if let format { format } else { try guess(bytes) }
        let file: DataFile
        switch format {
        case .movielensCSV, .sessionsTSV, .atomic: file = try TableReader(format: format).read(bytes)
        case .adjacency: file = try AdjacencyReader.read(bytes)
        case .jsonl: file = try JSONLinesReader.read(bytes)
        }
        guard !file.entries.isEmpty else {
            throw DataError("the file holds no interaction; a file of format \(format.rawValue) \(format.hint)")
        }
        return file
    }

    /// The format that the first line looks like.
    public static func guess(_ bytes: [UInt8]) throws(DataError) -> DataFormat {
        var lines = try TextLines(bytes)
        guard let first = try lines.next() else { throw DataError("the file is empty") }
        if first.first(where: { !$0.isWhitespace }) == "{" { return .jsonl }
        let columns = first.split(separator: "\t")
        if columns.count > 1, columns.allSatisfy({ $0.contains(":") }) { return .atomic }
        let lowered = first.lowercased()
        if columns.count > 1, lowered.contains("session") { return .sessionsTSV }
        if lowered.contains(","), lowered.contains("user") { return .movielensCSV }
        let fields = first.split(whereSeparator: \.isWhitespace)
        if fields.count > 1, !first.contains(","), !lowered.contains("id"), columns.count != 3 { return .adjacency }
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw DataError(line: lines.number, "cannot tell the format from this line; name it with --format: \(known)")
    }

    /// What such a file looks like.
    var hint: String {
        switch self {
        case .movielensCSV: "begins with the line userId,movieId,rating,timestamp"
        case .adjacency: "has lines such as: user item item item"
        case .sessionsTSV: "begins with the line SessionId ItemId Time, separated by tabs"
        case .atomic: "begins with a line such as user_id:token item_id:token rating:float, separated by tabs"
        case .jsonl: #"has lines such as {"user":"u1","item":"i1","time":1700000000}"#
        }
    }
}
