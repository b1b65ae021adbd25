/// The raw features of a run of items, before anything is known of the others.
struct ContentRun: Sendable {
    private(set) var words = TermRun<String>()
    private(set) var tags = TermRun<TagPath>()
    private(set) var creators = TermRun<String>()
    private(set) var vectors: [[Float]] = []

    init(_ contents: some Sequence<ItemContent>, parameters: ContentParameters) {
        for content in contents {
            words.beginItem()
            tags.beginItem()
            creators.beginItem()
            // What has no weight need not be read.
            if parameters.weights.text > 0 {
                parameters.tokenizer.forEachWord(of: content.text) { words.add($0) }
            }
            // Sorted, because sets and dictionaries have an order of their own in each process.
            for (tag, weight) in content.weightedTags(decay: parameters.tagDecay).sorted(by: { $0.key < $1.key }) {
                tags.add(tag, count: weight)
            }
            for creator in Set(content.creators).sorted() where !creator.isEmpty { creators.add(creator) }
            vectors.append(content.vector)
        }
    }
}

extension ItemContent {
    /// Throws `invalidContent` unless the vector is finite and `vectorLength` long, or empty.
    func validate(vectorLength: Int) throws(RecommenderError) {
        guard vector.isEmpty || vector.count == vectorLength else {
            throw RecommenderError(
                .invalidContent,
                "a vector of \(vector.count) numbers among vectors of \(vectorLength)"
            )
        }
        guard vector.allSatisfy(\.isFinite) else {
            throw RecommenderError(.invalidContent, "a vector with infinite numbers, or what is not a number")
        }
    }
}
