public import JSON

extension JSONReader {
    /// Reads RFC 3339 text, milliseconds since 1970 as a number, or `null`.
    public mutating func timestamp(_ field: String) throws(JSONError) -> Timestamp? {
        try optional(field) { (reader) throws(JSONError) in
            let start = reader.position
            let time: Timestamp?
            if try reader.peek() == .number {
                time = Timestamp(milliseconds: try reader.readInteger())
            } else {
                time = Timestamp(try reader.readString())
            }
            guard let time, time.isWritable else {
                throw JSONError(code: .invalidValue, offset: start)
            }
            return time
        }
    }
}
