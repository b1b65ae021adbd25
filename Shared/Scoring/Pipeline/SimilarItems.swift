public import Recommenders

/// What goes well with an item: those whom the same users used, and where there are too few, those with like content.
public struct SimilarItems: Sendable {
    /// The most places of a list that go to items that nobody has used yet.
    public static let newPlaces = 5
    /// Every how many places one of them stands.
    private static let newEvery = 5

    private let bundle: ModelBundle
    private let length: Int

    /// Lists of at most `length` items.
    public init(bundle: ModelBundle, length: Int) {
        self.bundle = bundle
        self.length = length
    }

    /// The list of an item of the bundle, with the new items `additions` at every fifth place; empty when nothing is
    /// known.
    public func list(of item: Int, additions: [String] = []) -> [(itemID: String, score: Float)] {
        var list = Array((bundle.models.neighbours?.neighbours(of: item) ?? []).prefix(length))
        if list.count < length / 2, let content = bundle.models.content {
            let ceiling = list.last?.score ?? 1
            let known = Set(list.map(\.item))
            // Similarities by content are at most one: they stay below those by use.
            list += content.neighbours(of: item, limit: length).filter { !known.contains($0.item) }
                .prefix(length - list.count).map { ScoredItem(item: $0.item, score: $0.score * ceiling) }
        }
        var named = list.map { (itemID: bundle.itemIDs[$0.item], score: $0.score) }
        var place = Self.newEvery - 1
        for id in additions.prefix(Self.newPlaces) {
            let position = min(place, named.count, length - 1)
            named.insert((id, position > 0 ? named[position - 1].score : 1), at: position)
            place += Self.newEvery
        }
        return Array(named.prefix(length))
    }
}

extension ListPipeline {
    /// The items most like a new one by their content, best first; none when nothing is known of it.
    public func neighbours(ofNew id: String, limit: Int) -> [ScoredItem] {
        guard let item = index(of: id), let content, item < content.itemCount else { return [] }
        return content.neighbours(of: item, limit: limit)
    }
}
