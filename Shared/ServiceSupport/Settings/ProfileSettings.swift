import Events
public import Profiles

extension ProfilePolicy {
    /// Reads `profiles.half.life`, `profiles.affinities.max`, `profiles.items.max` and `signals.weights`.
    public init(from reader: SettingsReader) throws(SettingsError) {
        let halfLife = try reader.duration(
            "profiles.half.life",
            default: .seconds(30 * 86_400),
            range: .seconds(60) ... .seconds(31_536_000),
            description: "time after which a signal weighs half in affinities"
        )
        let affinities = try reader.int(
            "profiles.affinities.max",
            default: 100,
            range: 1...10_000,
            description: "names kept per dimension of affinities"
        )
        let items = try reader.int(
            "profiles.items.max",
            default: 4_096,
            range: 10...100_000,
            description: "items kept per profile, the latest"
        )
        self.init(
            weights: try SignalWeights(from: reader),
            halfLifeMilliseconds: Double(halfLife.components.seconds) * 1000,
            maximumAffinities: affinities,
            maximumItems: items
        )
    }
}

extension SignalWeights {
    /// Reads `signals.weights`: each `type=weight` replaces or adds one.
    public init(from reader: SettingsReader) throws(SettingsError) {
        self = .standard
        let changes = try reader.list(
            "signals.weights",
            description: "weights of event types, each type=weight, beside the documented ones"
        )
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let weight = Double(parts[1]), weight.isFinite else {
                throw SettingsError(key: "signals.weights", problem: "'\(change)' is not type=weight")
            }
            weights[EventType(rawValue: parts[0])] = weight
        }
    }
}
