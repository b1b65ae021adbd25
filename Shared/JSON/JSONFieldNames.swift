/// The names of the fields that a reader of objects knows, found by their bytes without making strings.
public struct JSONFieldNames: Sendable {
    /// In the order of ``init(_:)``.
    let names: [String]
    /// Places by length: few names of an object have the same.
    private let placesByLength: [[(place: Int, name: [UInt8])]]

    /// Takes at most 64 names; their places are what ``JSONReader/readFields(_:of:_:)`` hands out.
    public init(_ names: [String]) {
        precondition(names.count <= 64, "an object has at most 64 known fields")
        self.names = names
        var places = Array(repeating: [(place: Int, name: [UInt8])](), count: 1 + (names.map(\.utf8.count).max() ?? 0))
        for (place, name) in names.enumerated() { places[name.utf8.count].append((place, Array(name.utf8))) }
        placesByLength = places
    }

    func place(of key: ArraySlice<UInt8>) -> Int? {
        guard key.count < placesByLength.count else { return nil }
        for (place, name) in placesByLength[key.count] where key.elementsEqual(name) { return place }
        return nil
    }
}

extension JSONReader {
    /// Reads an object, handing `read` the place among `names` of each key that stands there.
    ///
    /// Values under other keys are checked and passed over; a known key that stands there twice is an error. `path`
    /// names the object in errors, `nil` for the outermost one.
    public mutating func readFields(
        _ names: JSONFieldNames,
        of path: String? = nil,
        _ read: (inout JSONReader, Int) throws(JSONError) -> Void
    ) throws(JSONError) {
        try inField(path) { (reader) throws(JSONError) in try reader.beginObject() }
        var seen: UInt64 = 0
        while let place = try inField(path, { (reader) throws(JSONError) in try reader.nextKey(among: names) }) {
            guard place >= 0 else {
                try inField(path) { (reader) throws(JSONError) in _ = try reader.skipValue() }
                continue
            }
            try read(&self, place)
            guard seen & (1 << UInt64(place)) == 0 else {
                let name = names.names[place]
                throw JSONError(code: .duplicateField, offset: position, field: path.map { "\($0).\(name)" } ?? name)
            }
            seen |= 1 << UInt64(place)
        }
    }

    /// Reads a string or `null`, as UTF-8.
    public mutating func utf8(_ field: String) throws(JSONError) -> ArraySlice<UInt8>? {
        try optional(field) { (reader) throws(JSONError) in try reader.readUTF8() }
    }
}
