public import Ranking
public import Recommenders

/// Everything that one publication consists of: the models, and which item is which index.
///
/// A value that is replaced as a whole. All models speak of the same items; any of them but popularity may be missing.
public struct ModelBundle: Hashable, Sendable {
    /// The name under which registries keep it.
    public static let name = "blend"

    /// The registry's number, which rises with each publication; 0 for a bundle that is not published.
    public private(set) var version: UInt64
    /// The items' ids by index.
    public let itemIDs: [String]
    /// The items' indices by id.
    public let index: [String: Int]
    /// What was trained.
    public let models: Models
    /// What the bundle says of itself.
    public let info: BundleInfo

    /// The models of a bundle; absent ones are `nil`.
    public struct Models: Hashable, Sendable {
        /// The factorisation: the taste behind a whole history.
        public var als: ALSModel?
        /// The neighbours of each item, by who used them.
        public var neighbours: ItemKNNModel?
        /// The linear autoencoder.
        public var ease: EASEModel?
        /// What came next in sessions like the open one.
        public var sessions: VMISKNNModel?
        /// What came next in histories like the user's.
        public var sequences: STANModel?
        /// What was used some steps after an item.
        public var rules: SequentialRulesModel?
        /// What each kind of signal says of the kind that matters most.
        public var cco: CCOModel?
        /// What items are, no matter who used them.
        public var content: ContentModel?
        /// What is popular with everybody.
        public var popularity: PopularityModel
        /// What is popular in a segment or context, by its name, such as `segment:cluster-3` or `country:GB`.
        public var popularityByContext: [String: PopularityModel]
        /// What orders the candidates of all sources, trained on what they proposed.
        public var ranker: LambdaMARTRanker?
        /// Whether the artefact keeps the vectors of the factorisation in a byte per number (``QuantizedFactors``).
        public var quantizesFactors = false

        /// Creates a set of models.
        public init(
            als: ALSModel? = nil,
            neighbours: ItemKNNModel? = nil,
            ease: EASEModel? = nil,
            sessions: VMISKNNModel? = nil,
            sequences: STANModel? = nil,
            rules: SequentialRulesModel? = nil,
            cco: CCOModel? = nil,
            content: ContentModel? = nil,
            popularity: PopularityModel,
            popularityByContext: [String: PopularityModel] = [:],
            ranker: LambdaMARTRanker? = nil
        ) {
            self.als = als
            self.neighbours = neighbours
            self.ease = ease
            self.sessions = sessions
            self.sequences = sequences
            self.rules = rules
            self.cco = cco
            self.content = content
            self.popularity = popularity
            self.popularityByContext = popularityByContext
            self.ranker = ranker
        }

        /// The item counts of the models that are there, by section.
        fileprivate var itemCounts: [String: Int] {
            var counts = ["popularity": popularity.itemCount]
            counts["als"] = als?.itemCount
            counts["neighbours"] = neighbours?.itemCount
            counts["ease"] = ease?.itemCount
            counts["sessions"] = sessions?.itemCount
            counts["sequences"] = sequences?.itemCount
            counts["rules"] = rules?.itemCount
            counts["cco"] = cco?.itemCount
            counts["content"] = content?.itemCount
            for (name, model) in popularityByContext { counts["popularity in \(name)"] = model.itemCount }
            return counts
        }
    }

    /// Puts the parts together; throws `damagedArtefact` when they do not speak of the same items, or an id stands twice.
    public init(
        version: UInt64 = 0,
        itemIDs: [String],
        models: Models,
        info: BundleInfo = BundleInfo()
    ) throws(RecommenderError) {
        self.version = version
        self.itemIDs = itemIDs
        self.models = models
        self.info = info
        index = Dictionary(zip(itemIDs, 0...), uniquingKeysWith: { first, _ in first })
        guard index.count == itemIDs.count else {
            throw RecommenderError(.damagedArtefact, "\(itemIDs.count) ids, \(index.count) of them different")
        }
        for (name, count) in models.itemCounts where count != itemIDs.count {
            throw RecommenderError(.damagedArtefact, "\(itemIDs.count) ids, and \(count) items in \(name)")
        }
    }

    /// Whether somebody had used the item when the models were fitted.
    public func isUsed(_ id: String) -> Bool { index[id].map { models.popularity.scores[$0] > 0 } ?? false }

    /// The same bundle under another version.
    public func withVersion(_ version: UInt64) -> ModelBundle {
        var bundle = self
        bundle.version = version
        return bundle
    }
}
