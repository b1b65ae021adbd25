import Profiles
import Recommenders
import Scoring
import Segments

extension SegmentModel {
    /// What is popular in each segment, over the items of a publication, by the name of its users' context.
    ///
    /// For lists of users of whom hardly more than the segment is known. Segments none of whose popular items is known
    /// are left out. Throws `invalidWeight` for sums that are negative or not finite.
    func popularity(over itemIDs: [String]) throws(RecommenderError) -> [String: PopularityModel] {
        let index = Dictionary(zip(itemIDs, 0...), uniquingKeysWith: { first, _ in first })
        var models: [String: PopularityModel] = [:]
        for segment in segments {
            var sums = [Float](repeating: 0, count: itemIDs.count)
            for item in segment.popularItems { if let place = index[item.itemID] { sums[place] = Float(item.weight) } }
            guard sums.contains(where: { $0 > 0 }) else { continue }
            models[ListRequest.context(of: .cluster(segment.number))] = try PopularityModel(sums: sums)
        }
        return models
    }
}
