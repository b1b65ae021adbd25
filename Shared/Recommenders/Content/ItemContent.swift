/// What is known of an item apart from who used it; everything may be missing.
public struct ItemContent: Hashable, Sendable {
    /// Title, description, what readers wrote: words count, their order does not.
    public var text: String
    /// Places in a hierarchy, named from the top; each prefix of a path is a feature.
    ///
    /// For example `["Books", "Fiction", "Crime"]`. Compared as they are, like ``creators``: differences of case matter. A path ends at its first empty name.
    public var tags: [[String]]
    /// Authors, directors, brands.
    public var creators: [String]
    /// A vector of any origin (words, sentences, pictures), of the same length for all items that have one.
    ///
    /// Empty, or all zero, where there is none. Numbers must be finite.
    public var vector: [Float]

    /// Creates a description.
    public init(text: String = "", tags: [[String]] = [], creators: [String] = [], vector: [Float] = []) {
        self.text = text
        self.tags = tags
        self.creators = creators
        self.vector = vector
    }
}

/// A place in the hierarchy of tags: the names from the top.
struct TagPath: Hashable, Comparable, Sendable {
    let names: [String]

    static func < (left: TagPath, right: TagPath) -> Bool { left.names.lexicographicallyPrecedes(right.names) }
}

extension ItemContent {
    /// Each prefix of the tags with its weight: 1 for a whole path, times `decay` for each name that is left out.
    ///
    /// What several paths share counts once, with its largest weight.
    func weightedTags(decay: Float) -> [TagPath: Float] {
        var weights: [TagPath: Float] = [:]
        for tag in tags {
            var names = Array(tag.prefix { !$0.isEmpty })
            var weight: Float = 1
            while !names.isEmpty && weight > 0 {
                let path = TagPath(names: names)
                weights[path] = max(weights[path] ?? 0, weight)
                weight *= decay
                names.removeLast()
            }
        }
        return weights
    }
}
