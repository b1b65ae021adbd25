import Events

/// What was shown and what was clicked of the lists of each published version.
///
/// Events name it in `recommendation.policy`, as the server's answers give it: `blend@17`. The newest versions are kept.
public struct ClickCounts: Sendable, Equatable {
    /// The figures of one version.
    public struct Tally: Sendable, Hashable {
        /// Items shown.
        public var shown: UInt64 = 0
        /// Clicks on them.
        public var clicked: UInt64 = 0

        /// Creates a tally.
        public init(shown: UInt64 = 0, clicked: UInt64 = 0) {
            self.shown = shown
            self.clicked = clicked
        }
    }

    /// The tallies by version.
    public internal(set) var tallies: [UInt64: Tally] = [:]

    private static let mostVersions = 64
    private static let mostShown: UInt64 = 1_000

    /// Creates empty counts.
    public init(tallies: [UInt64: Tally] = [:]) {
        self.tallies = tallies
    }

    /// Counts an impression or a click that names a version.
    mutating func count(_ event: Event) {
        guard event.type == .impression || event.type == .click,
            let version = event.recommendation?.policy.flatMap(Self.version(ofPolicy:))
        else { return }
        if event.type == .impression {
            let shown = event.items.isEmpty ? (event.itemID == nil ? 0 : 1) : UInt64(event.items.count)
            tallies[version, default: Tally()].shown += min(shown, Self.mostShown)
        } else {
            tallies[version, default: Tally()].clicked += 1
        }
        if tallies.count > Self.mostVersions, let oldest = tallies.keys.min() { tallies[oldest] = nil }
    }

    /// The version in `name@version`.
    public static func version(ofPolicy policy: String) -> UInt64? {
        let parts = policy.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "blend" else { return nil }
        return UInt64(parts[1]).flatMap { $0 > 0 ? $0 : nil }
    }
}
