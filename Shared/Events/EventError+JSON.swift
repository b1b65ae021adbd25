import JSON

extension EventError {
    /// What a failure to read JSON means for an event.
    init(_ error: JSONError) {
        let field = error.field
        switch error.code {
        case .invalidUTF8: self.init(.invalidUTF8, field: field, error.description)
        case .duplicateField: self.init(.duplicateField, field: field, "stands there twice")
        case .wrongType where field == nil: self.init(.malformedJSON, "an event is one JSON object")
        case .wrongType: self.init(.wrongType, field: field, "has the wrong JSON type")
        case .numberOutOfRange: self.init(.invalidValue, field: field, "is a number that cannot be held")
        case .invalidValue:
            self.init(
                .invalidTimestamp,
                field: field,
                "must be RFC 3339 or milliseconds since 1970, in the years 0 to 9999"
            )
        case .unexpectedEnd, .unexpectedByte, .invalidEscape, .controlCharacter, .tooDeep, .trailingBytes:
            self.init(.malformedJSON, field: field, error.description)
        }
    }

    /// Runs `read`, turning what it throws into an event's error.
    static func wrapping<T>(_ read: () throws(JSONError) -> T) throws(EventError) -> T {
        do { return try read() } catch { throw EventError(error) }
    }
}
