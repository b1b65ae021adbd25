public import Profiles

/// The borders of the fifths of recency, frequency and money among those who have bought, and the names that follow.
public struct RFMQuintiles: Hashable, Sendable {
    /// The four borders of the days since the latest purchase, ascending.
    public let recency: [Double]
    /// The four borders of the number of purchases.
    public let frequency: [Double]
    /// The four borders of their value.
    public let monetary: [Double]

    /// Takes the borders from everybody who has bought; `nil` when nobody has.
    public init?(_ customers: [UserProfile.RFM]) {
        let bought = customers.filter { $0.frequency > 0 && $0.recencyDays != nil }
        guard !bought.isEmpty else { return nil }
        func borders(_ values: [Double]) -> [Double] {
            let quantiles = Quantiles(values)
            return [0.2, 0.4, 0.6, 0.8].map(quantiles.value)
        }
        recency = borders(bought.compactMap(\.recencyDays))
        frequency = borders(bought.map { Double($0.frequency) })
        monetary = borders(bought.map(\.monetary))
    }

    init(recency: [Double], frequency: [Double], monetary: [Double]) {
        self.recency = recency
        self.frequency = frequency
        self.monetary = monetary
    }

    /// The scores from 1 to 5, 5 the best; `nil` without a purchase.
    ///
    /// A value on a border belongs to the fifth below it, so that equal values have equal scores.
    public func scores(_ rfm: UserProfile.RFM) -> (recency: Int, frequency: Int, monetary: Int)? {
        guard rfm.frequency > 0, let days = rfm.recencyDays else { return nil }
        func above(_ value: Double, _ borders: [Double]) -> Int { borders.count { value > $0 } }
        return (
            5 - above(days, recency), 1 + above(Double(rfm.frequency), frequency), 1 + above(rfm.monetary, monetary)
        )
    }

    /// The name that goes with the scores; frequency and money count together, rounded up.
    public func segment(_ rfm: UserProfile.RFM) -> RFMSegment? {
        guard let scores = scores(rfm) else { return nil }
        return Self.segment(recency: scores.recency, worth: (scores.frequency + scores.monetary + 1) / 2)
    }

    /// The name for a recency score and one for frequency and money.
    static func segment(recency: Int, worth: Int) -> RFMSegment {
        switch (recency, worth) {
        case (5, 4...): .champions
        case (3...4, 4...): .loyal
        case (4..., 2...3): .potentialLoyal
        case (5, _): .new
        case (4, _): .promising
        case (3, 3): .needAttention
        case (3, _): .aboutToSleep
        case (_, 5): .cannotLose
        case (_, 3...4): .atRisk
        default: .hibernating
        }
    }
}
