import Events

/// An item id as stored: a prefix that many ids of a catalog share, and the number after it.
///
/// `item-0042` is `item-00` and 42. Only ids that end in a digit have a number.
struct CompactID: Hashable {
    var prefix: String
    var number: UInt64

    /// `nil` when the id does not end in a number that can be written without loss.
    init?(_ id: String) {
        let bytes = id.utf8
        var number: UInt64 = 0
        var power: UInt64 = 1
        // The number begins at its first digit that is not zero, or at the last digit: other zeros belong to the prefix.
        var start = bytes.endIndex
        var index = bytes.endIndex
        for _ in 0..<18 {
            guard index > bytes.startIndex else { break }
            bytes.formIndex(before: &index)
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if digit > 0 || start == bytes.endIndex {
                number += UInt64(digit) * power
                start = index
            }
            power *= 10
        }
        guard start < bytes.endIndex else { return nil }
        (prefix, self.number) = (String(id[..<start]), number)
    }
}

/// The prefixes that at least two ids of a value share, in ascending order.
struct IDPrefixes {
    private(set) var prefixes: [String]
    private let indices: [String: Int]

    init(of ids: some Sequence<String>) {
        self.init(of: ids.map(CompactID.init))
    }

    /// Takes ids that have been taken apart, `nil` for those without a number.
    init(of ids: [CompactID?]) {
        var counts: [String: Int] = [:]
        for case let id? in ids { counts[id.prefix, default: 0] += 1 }
        self.init(prefixes: counts.filter { $0.value > 1 }.keys.sorted())
    }

    private init(prefixes: [String]) {
        self.prefixes = prefixes
        indices = Dictionary(uniqueKeysWithValues: prefixes.enumerated().map { ($0.element, $0.offset + 1) })
    }

    /// How many forms an id can have: as text, or after one of the prefixes.
    var formCount: Int { prefixes.count + 1 }

    /// The form of an id: 0 for text, else a prefix and a number.
    func form(of id: String) -> (form: Int, number: UInt64) { form(of: CompactID(id)) }

    /// The form of an id that has been taken apart.
    func form(of compact: CompactID?) -> (form: Int, number: UInt64) {
        guard let compact, let index = indices[compact.prefix] else { return (0, 0) }
        return (index, compact.number)
    }

    func write(to writer: inout BinaryWriter) {
        writer.write(count: prefixes.count)
        for prefix in prefixes { writer.write(text: prefix) }
    }

    init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
        var prefixes: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) {
            let prefix = try reader.readText()
            // A prefix that stood there twice would give ids two forms.
            guard prefixes.last.map({ $0 < prefix }) ?? true else { throw .invalid }
            prefixes.append(prefix)
        }
        self.init(prefixes: prefixes)
    }

    /// Writes what follows an id's form.
    func write(_ id: String, form: (form: Int, number: UInt64), to writer: inout BinaryWriter) {
        if form.form == 0 { writer.write(text: id) } else { writer.write(varint: form.number) }
    }

    /// Reads the id of a form.
    func read(form: Int, from reader: inout BinaryReader) throws(BinaryReader.Failure) -> String {
        guard form > 0 else { return try reader.readText() }
        guard form <= prefixes.count else { throw .invalid }
        return id(form: form, number: try reader.readVarint())
    }

    /// The id of a form that is a prefix and a number.
    func id(form: Int, number: UInt64) -> String { prefixes[form - 1] + String(number) }
}
