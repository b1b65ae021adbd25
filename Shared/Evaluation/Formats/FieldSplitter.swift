/// Splits a line into fields; in CSV a field may stand in quotes, a doubled quote within them is one.
struct FieldSplitter {
    private let separator: Character

    init(_ separator: Character) {
        self.separator = separator
    }

    /// The fields without the blanks around them; throws for a quote that is not closed.
    func split(_ line: String, line number: Int) throws(DataError) -> [String] {
        guard separator == ",", line.utf8.contains(UInt8(ascii: "\"")) else {
            return line.utf8.split(separator: separator.asciiValue ?? 9, omittingEmptySubsequences: false)
                .map { Substring($0).trimmed }
        }
        var fields = [""]
        var isQuoted = false
        var previous: Character = ","
        for character in line {
            if character == "\"" {
                // A doubled quote inside quotes is one.
                if !isQuoted, previous == "\"" { fields[fields.count - 1].append(character) }
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
            previous = character
        }
        guard !isQuoted else { throw DataError(line: number, "a quote is opened and not closed on this line") }
        return fields
    }
}

extension Substring {
    fileprivate var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return String(self) }
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
