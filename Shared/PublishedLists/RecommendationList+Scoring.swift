import Recommenders
public import Scoring
public import Stores

extension RecommendationList.Entry {
    /// What is kept of a place of a list: the source with the largest share stands for all.
    public init(_ item: RecommendedItem) {
        self.init(
            itemID: item.itemID,
            score: item.score,
            source: item.sources.first?.source.rawValue ?? "",
            reason: item.reason.map { RecommendationList.Reason(type: $0.type, itemID: $0.itemID) }
        )
    }
}
