extension Decoder {
    /// The container of `Keys`; throws for any key that is not among them, so that a typing mistake is no default.
    public func strictContainer<Keys: CodingKey & CaseIterable>(
        keyedBy keys: Keys.Type
    ) throws -> KeyedDecodingContainer<Keys> {
        let known = keys.allCases.map(\.stringValue)
        for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: codingPath + [key],
                    debugDescription: "unknown key; known are \(known.sorted().joined(separator: ", "))"
                )
            )
        }
        return try container(keyedBy: keys)
    }
}

extension KeyedDecodingContainer {
    /// The value of `key`, or `defaultValue` where it is absent; one outside `range` is an error.
    public func decode<Value: Decodable & Comparable & Sendable>(
        _ key: Key,
        default defaultValue: Value,
        in range: ClosedRange<Value>
    ) throws -> Value {
        guard let value = try decodeIfPresent(Value.self, forKey: key) else { return defaultValue }
        guard range.contains(value) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "\(value) is not within \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    /// The value of `key`, or `defaultValue` where it is absent.
    public func decode<Value: Decodable>(_ key: Key, default defaultValue: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? defaultValue
    }

    /// The duration of `key` (`250ms`, `5s`, `10m`, `1h`, `7d`), or `defaultValue` where it is absent.
    public func decode(
        _ key: Key,
        default defaultValue: Duration,
        in range: ClosedRange<Duration>
    ) throws -> Duration {
        guard let text = try decodeIfPresent(String.self, forKey: key) else { return defaultValue }
        guard let duration = DurationText.parse(text), range.contains(duration) else {
            let bounds = "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "'\(text)' is not a duration such as 250ms, 5s, 10m, 1h or 7d, \(bounds)"
            )
        }
        return duration
    }
}

/// Any key of a mapping.
private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init?(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init?(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}
