public import Events
public import Profiles
public import Recommenders

/// What a profile means to a model: the history to learn the taste from, the session, and what stays out of the list.
public struct Taste: Sendable {
    /// Positive items with their weights, as indices of the model.
    public let history: [WeightedItem]
    /// The latest of them, with weights that fall with their place.
    public let session: [WeightedItem]
    /// What was clicked in the latest session, oldest first: at most as many as ``session`` holds.
    ///
    /// The last item alone when the latest session has none.
    public let clicks: [Int]
    /// The items of ``history`` in the order in which they were used, oldest first: the latest ``longestOrder``.
    public var order: [Int] { history.prefix(Self.longestOrder).reversed().map(\.item) }
    /// When the latest of them was used.
    public let lastTime: Timestamp
    /// How many items an order has at most.
    public static let longestOrder = 100
    /// The signal behind each item of ``history``, to give reasons.
    public let signals: [Int: ItemSignal]

    /// Reads a profile; items that `index` does not know are left out.
    public init(_ profile: UserProfile, policy: TastePolicy, index: (String) -> Int?) {
        let positive = profile.items
            .compactMap { id, signal -> (item: Int, signal: ItemSignal)? in
                guard let item = index(id), policy.isPositive(signal) else { return nil }
                return (item, signal)
            }
            .sorted { ($0.signal.lastTime, $1.item) > ($1.signal.lastTime, $0.item) }
        lastTime = positive.first?.signal.lastTime ?? profile.lastSeen
        let newest = positive.first?.signal.lastTime.milliseconds ?? 0
        history = positive.map { item, signal in
            WeightedItem(
                item: item,
                weight: policy.weight(signal.strength, age: newest - signal.lastTime.milliseconds)
            )
        }
        var factor = Float(1)
        session = history.prefix(policy.sessionItems).map { entry in
            defer { factor *= Float(policy.sessionDecay) }
            return WeightedItem(item: entry.item, weight: entry.weight * factor)
        }
        let latest = positive.prefix(policy.sessionItems).filter { $0.signal.lastTime >= profile.latestSession }
        clicks = (latest.isEmpty ? Array(positive.prefix(1)) : latest).reversed().map(\.item)
        signals = Dictionary(uniqueKeysWithValues: positive.map { ($0.item, $0.signal) })
    }
}
