import Events
import JSON

/// What a user said of their taste: the answers of an onboarding (`preferences`), or the traits of `identify`.
///
/// Read from the event's `properties`: lists of names under `categories`, `tags` and `creators`, and under `disliked` an object
/// with the same lists. Other properties are passed over, and so is what is no list of texts.
struct DeclaredPreferences: Hashable, Sendable {
    /// Names of each kind.
    struct Names: Hashable, Sendable {
        var categories: [String] = []
        var tags: [String] = []
        var creators: [String] = []

        var isEmpty: Bool { categories.isEmpty && tags.isEmpty && creators.isEmpty }
    }

    /// What one declared name weighs: as much as a strong signal from an item that has it.
    static let strength = 5.0
    /// The most names of a kind that count.
    private static let most = 50
    /// Longer names are left out, in bytes.
    private static let longest = 256

    private(set) var liked = Names()
    private(set) var disliked = Names()

    /// `nil` for events of other types, and for those that declare nothing.
    init?(_ activity: ActivityFacts) {
        guard let properties = activity.declared else { return nil }
        var reader = JSONReader(properties)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "disliked", try reader.peek() == .object {
                    try reader.beginObject()
                    while let key = try reader.nextKey() { try Self.read(key, from: &reader, into: &disliked) }
                } else {
                    try Self.read(key, from: &reader, into: &liked)
                }
            }
        } catch {
            return nil
        }
        if liked.isEmpty, disliked.isEmpty { return nil }
    }

    private static func read(
        _ key: String,
        from reader: inout JSONReader,
        into names: inout Names
    ) throws(JSONError) {
        switch key {
        case "categories": names.categories = try read(&reader)
        case "tags": names.tags = try read(&reader)
        case "creators": names.creators = try read(&reader)
        default: _ = try reader.skipValue()
        }
    }

    /// The texts of a list, each once; anything else is passed over.
    private static func read(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        guard try reader.peek() == .array else {
            _ = try reader.skipValue()
            return []
        }
        var names: [String] = []
        try reader.beginArray()
        while try reader.nextElement() {
            guard try reader.peek() == .string else {
                _ = try reader.skipValue()
                continue
            }
            let name = try reader.readString()
            if !name.isEmpty, name.utf8.count <= longest, names.count < most, !names.contains(name) {
                names.append(name)
            }
        }
        return names
    }
}
