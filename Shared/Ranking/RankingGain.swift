import Foundation

/// Normalised discounted cumulative gain of scores (Järvelin and Kekäläinen 2002), a label gains 2^label − 1.
public enum RankingGain {
    /// The mean over the groups that have a relevant row; ties keep the order of the rows.
    ///
    /// `scores` and `labels` have one number per row, `groups` one count per request; `cutoff` is the length of list.
    public static func mean(scores: [Float], labels: [Float], groups: [Int], cutoff: Int) -> Double {
        var start = 0
        var sum = 0.0
        var counted = 0
        for count in groups {
            let range = start..<start + count
            start += count
            let ideal = gain(labels[range].sorted(by: >), cutoff)
            guard ideal > 0 else { continue }
            let order = range.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            sum += gain(order.prefix(cutoff).map { labels[$0] }, cutoff) / ideal
            counted += 1
        }
        return counted > 0 ? sum / Double(counted) : 0
    }

    private static func gain(_ labels: [Float], _ cutoff: Int) -> Double {
        labels.prefix(cutoff).enumerated().reduce(0) { sum, entry in
            entry.element > 0 ? sum + (exp2(Double(entry.element)) - 1) / log2(Double(entry.offset + 2)) : sum
        }
    }
}
