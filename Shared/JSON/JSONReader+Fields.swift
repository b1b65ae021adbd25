// Readers of single fields: `null` counts as absence, and every failure names the field.
extension JSONReader {
    /// Reads an object, handing each key to `read`, which says whether it knows it.
    ///
    /// Values under unknown keys are checked and passed over; a known key that stands there twice is an error. `path`
    /// names the object in errors, `nil` for the outermost one.
    public mutating func readFields(
        of path: String? = nil,
        _ read: (inout JSONReader, String) throws(JSONError) -> Bool
    ) throws(JSONError) {
        try inField(path) { (reader) throws(JSONError) in try reader.beginObject() }
        var seen: [String] = []
        seen.reserveCapacity(16)
        while let key = try inField(path, { (reader) throws(JSONError) in try reader.nextKey() }) {
            guard try read(&self, key) else {
                try inField(path) { (reader) throws(JSONError) in _ = try reader.skipValue() }
                continue
            }
            if seen.contains(key) {
                let field = path.map { "\($0).\(key)" } ?? key
                throw JSONError(code: .duplicateField, offset: position, field: field)
            }
            seen.append(key)
        }
    }

    /// Reads what `read` reads, unless `null` stands here.
    public mutating func optional<T>(
        _ field: String,
        _ read: (inout JSONReader) throws(JSONError) -> T
    ) throws(JSONError) -> T? {
        try inField(field) { (reader) throws(JSONError) in
            try reader.readNull() ? nil : try read(&reader)
        }
    }

    /// Reads a string or `null`.
    public mutating func text(_ field: String) throws(JSONError) -> String? {
        try optional(field) { (reader) throws(JSONError) in try reader.readString() }
    }

    /// Reads an array of strings; `null` is an empty one.
    public mutating func texts(_ field: String) throws(JSONError) -> [String] {
        let texts = try optional(field) { (reader) throws(JSONError) in
            var texts: [String] = []
            try reader.beginArray()
            while try reader.nextElement() { texts.append(try reader.readString()) }
            return texts
        }
        return texts ?? []
    }

    /// Reads a number or `null`.
    public mutating func number(_ field: String) throws(JSONError) -> Double? {
        try optional(field) { (reader) throws(JSONError) in try reader.readDouble() }
    }

    /// Reads an integer or `null`.
    public mutating func integer(_ field: String) throws(JSONError) -> Int? {
        try optional(field) { (reader) throws(JSONError) in Int(try reader.readInteger()) }
    }

    /// Reads a boolean or `null`.
    public mutating func bool(_ field: String) throws(JSONError) -> Bool? {
        try optional(field) { (reader) throws(JSONError) in try reader.readBool() }
    }

    /// The bytes of an object, as they stand, or `null`.
    public mutating func rawObject(_ field: String) throws(JSONError) -> [UInt8]? {
        try optional(field) { (reader) throws(JSONError) in
            guard try reader.peek() == .object else { throw reader.failure(.wrongType) }
            return try reader.readRaw()
        }
    }

    /// Names `field` in what `read` throws, unless it names a more exact one.
    mutating func inField<T>(
        _ field: String?,
        _ read: (inout JSONReader) throws(JSONError) -> T
    ) throws(JSONError) -> T {
        do {
            return try read(&self)
        } catch {
            throw error.naming(field)
        }
    }
}
