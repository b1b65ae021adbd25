public import Recommenders

/// The area under the ROC curve of one case: how often a wanted item scores higher than one that is not, ties count half.
public enum AreaUnderCurve {
    /// `nil` when nothing, or everything, among the items that are not excluded is wanted.
    public static func value(scores: [Float], wanted: [Int], excluded: ItemSet) -> Double? {
        let wanted = Set(wanted.filter { scores.indices.contains($0) && !excluded.contains($0) })
        let best = wanted.map { scores[$0] }.sorted()
        var (others, below) = (0, 0.0)
        for item in scores.indices where !excluded.contains(item) && !wanted.contains(item) {
            others += 1
            let score = scores[item]
            // Wanted items above this one, and those level with it.
            let level = best.firstPosition { $0 >= score }
            let above = best.firstPosition { $0 > score }
            below += Double(best.count - above) + Double(above - level) / 2
        }
        guard !best.isEmpty, others > 0 else { return nil }
        return below / (Double(best.count) * Double(others))
    }
}

extension [Float] {
    /// The first position of an ascending array whose element fulfils what all later ones fulfil, too.
    fileprivate func firstPosition(where isReached: (Float) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
