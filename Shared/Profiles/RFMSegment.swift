/// The usual names for what recency, frequency and money say of a customer.
///
/// The raw value is part of stored profiles: never renumber a case.
public enum RFMSegment: UInt8, CaseIterable, Sendable, Hashable {
    /// Bought lately, often and for much.
    case champions = 1
    /// Buys regularly.
    case loyal = 2
    /// Bought lately, more than once.
    case potentialLoyal = 3
    /// Bought lately for the first time.
    case new = 4
    /// Bought a while ago, once.
    case promising = 5
    /// In the middle of everything.
    case needAttention = 6
    /// Below the middle, and fading.
    case aboutToSleep = 7
    /// Bought often, a long time ago.
    case atRisk = 8
    /// Was among the best, a long time ago.
    case cannotLose = 9
    /// Bought little, a long time ago.
    case hibernating = 10

    /// The name in the API and in rules.
    public var name: String {
        switch self {
        case .champions: "champions"
        case .loyal: "loyal"
        case .potentialLoyal: "potential-loyal"
        case .new: "new"
        case .promising: "promising"
        case .needAttention: "need-attention"
        case .aboutToSleep: "about-to-sleep"
        case .atRisk: "at-risk"
        case .cannotLose: "cannot-lose"
        case .hibernating: "hibernating"
        }
    }

    /// The segment of a name.
    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}
