import Events

/// Well-known names that stored values hold as a number; any other name stands as text.
///
/// Places are part of stored values: append, never reorder.
enum StoredNames {
    private static let known = [
        "view", "page", "click", "rating", "impression", "like", "dislike", "dismiss", "purchase", "add_to_cart",
        "remove_from_cart", "dwell", "play", "scroll", "search", "share", "subscribe", "favorite", "review", "identify",
        "alias", "preferences", "consent", "als", "popular", "trending", "similar", "because_you_viewed",
        "because_you_rated", "because_you_liked",
    ]
    private static let numbers = Dictionary(
        uniqueKeysWithValues: known.enumerated().map { ($0.element, $0.offset + 1) }
    )

    static func write(_ name: String, to writer: inout BinaryWriter) {
        let number = numbers[name] ?? 0
        writer.write(count: number)
        if number == 0 { writer.write(text: name) }
    }

    static func read(from reader: inout BinaryReader) throws(BinaryReader.Failure) -> String {
        let number = try reader.readCount()
        guard number > 0 else { return try reader.readText() }
        guard number <= known.count else { throw .invalid }
        return known[number - 1]
    }
}
