public import JSON

extension JSONReader {
    /// Reads RFC 3339 text, milliseconds since 1970 as a number, or `null`.
    public mutating func timestamp(_ field: String) throws(JSONError) -> Timestamp? {
        do throws(JSONError) {
            guard try !readNull() else { return nil }
            let start = position
            let time: Timestamp?
            if try peek() == .number {
                time = Timestamp(milliseconds: try readInteger())
            } else {
                time = Timestamp(utf8: try readUTF8())
            }
            guard let time, time.isWritable else {
                throw JSONError(code: .invalidValue, offset: start)
            }
            return time
        } catch {
            throw error.naming(field)
        }
    }
}
