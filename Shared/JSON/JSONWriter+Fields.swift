extension JSONWriter {
    /// Writes key and string; nothing when there is none.
    public mutating func field(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// Writes key and integer; nothing when there is none.
    public mutating func field(_ name: String, _ value: Int?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// Writes key and number; nothing when there is none.
    public mutating func field(_ name: String, _ value: Double?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// Writes key and boolean; nothing when there is none.
    public mutating func field(_ name: String, _ value: Bool?) {
        guard let value else { return }
        key(name)
        write(value)
    }

    /// Writes key and strings; nothing when there are none.
    public mutating func field(_ name: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        key(name)
        write(values)
    }

    /// Writes key and the bytes of a whole JSON value; nothing when there are none.
    public mutating func field(_ name: String, raw value: [UInt8]?) {
        guard let value else { return }
        key(name)
        write(raw: value)
    }
}
