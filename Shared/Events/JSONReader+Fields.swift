import JSON

// Readers of single fields: `null` is absence, and every failure names the field in the event's terms.
extension JSONReader {
    /// Reads an object, handing each key to `read`, which says whether it knows it; unknown values are checked and
    /// passed over, repeated known ones are an error.
    mutating func readFields(
        path: String?,
        _ read: (inout JSONReader, String) throws(EventError) -> Bool
    ) throws(EventError) {
        try wrapped(path) { (reader) throws(JSONError) in try reader.beginObject() }
        var seen: [String] = []
        while let key = try wrapped(path, { (reader) throws(JSONError) in try reader.nextKey() }) {
            guard try read(&self, key) else {
                try wrapped(path) { (reader) throws(JSONError) in _ = try reader.skipValue() }
                continue
            }
            if seen.contains(key) {
                throw EventError(.duplicateField, field: path.map { "\($0).\(key)" } ?? key, "stands there twice")
            }
            seen.append(key)
        }
    }

    mutating func atEnd() throws(EventError) {
        try wrapped(nil) { (reader) throws(JSONError) in try reader.finish() }
    }

    mutating func optional<T>(_ read: (inout JSONReader) throws(EventError) -> T) throws(EventError) -> T? {
        if try wrapped(nil, { (reader) throws(JSONError) in try reader.readNull() }) { return nil }
        return try read(&self)
    }

    mutating func text(_ field: String) throws(EventError) -> String? {
        try optional { (reader) throws(EventError) in
            try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readString() }
        }
    }

    mutating func texts(_ field: String) throws(EventError) -> [String] {
        let texts = try optional { (reader) throws(EventError) in
            try reader.wrapped(field) { (reader) throws(JSONError) in
                var texts: [String] = []
                try reader.beginArray()
                while try reader.nextElement() { texts.append(try reader.readString()) }
                return texts
            }
        }
        return texts ?? []
    }

    mutating func number(_ field: String) throws(EventError) -> Double? {
        try optional { (reader) throws(EventError) in
            try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readDouble() }
        }
    }

    mutating func integer(_ field: String) throws(EventError) -> Int? {
        try optional { (reader) throws(EventError) in
            try reader.wrapped(field) { (reader) throws(JSONError) in Int(try reader.readInteger()) }
        }
    }

    mutating func bool(_ field: String) throws(EventError) -> Bool? {
        try optional { (reader) throws(EventError) in
            try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readBool() }
        }
    }

    /// The bytes of an object, as they stand.
    mutating func object(_ field: String) throws(EventError) -> [UInt8]? {
        try optional { (reader) throws(EventError) in
            guard try reader.wrapped(field, { (reader) throws(JSONError) in try reader.peek() }) == .object else {
                throw EventError(.wrongType, field: field, "has the wrong JSON type")
            }
            return try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readRaw() }
        }
    }

    /// RFC 3339 text, or milliseconds since 1970 as a number.
    mutating func time(_ field: String) throws(EventError) -> Timestamp? {
        try optional { (reader) throws(EventError) in
            let kind = try reader.wrapped(field) { (reader) throws(JSONError) in try reader.peek() }
            let time: Timestamp?
            if kind == .number {
                let value = try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readInteger() }
                time = Timestamp(milliseconds: value)
            } else {
                time = Timestamp(try reader.wrapped(field) { (reader) throws(JSONError) in try reader.readString() })
            }
            guard let time, (Timestamp.earliest...Timestamp.latest).contains(time) else {
                throw EventError(
                    .invalidTimestamp,
                    field: field,
                    "must be RFC 3339 or milliseconds since 1970, in the years 0 to 9999"
                )
            }
            return time
        }
    }

    mutating func wrapped<T>(
        _ field: String?,
        _ read: (inout JSONReader) throws(JSONError) -> T
    ) throws(EventError) -> T {
        do {
            return try read(&self)
        } catch {
            throw EventError(error, field: field)
        }
    }
}

extension EventError {
    init(_ error: JSONError, field: String?) {
        switch error.code {
        case .invalidUTF8: self.init(.invalidUTF8, field: field, error.description)
        case .wrongType where field == nil: self.init(.malformedJSON, "an event is one JSON object")
        case .wrongType: self.init(.wrongType, field: field, "has the wrong JSON type")
        case .numberOutOfRange: self.init(.invalidValue, field: field, "is a number that cannot be held")
        default: self.init(.malformedJSON, field: field, error.description)
        }
    }
}
