import Foundation

/// Whether a version that serves harms click-through, asked again and again while clicks come in.
///
/// A mixture sequential probability ratio test for two proportions (Johari, Pekelis and Walsh 2015, "Always valid
/// inference"): looking at every moment does not raise the share of false alarms above ``alpha``.
public struct ClickGuard: Sendable, Hashable {
    /// The share by which click-through may fall.
    public var drop: Double
    /// Versions with fewer items shown are not judged.
    public var minimumShown: UInt64
    /// The share of harmless versions that may be called harmful.
    public var alpha: Double

    /// Creates a guard.
    public init(drop: Double = 0.1, minimumShown: UInt64 = 1_000, alpha: Double = 0.01) {
        self.drop = drop
        self.minimumShown = minimumShown
        self.alpha = alpha
    }

    /// Whether `current` is clicked less than `before` by more than ``drop``, and by more than chance explains.
    public func isHarmful(_ current: ClickCounts.Tally, before: ClickCounts.Tally) -> Bool {
        guard current.shown >= minimumShown, before.shown >= minimumShown else { return false }
        let (shown, shownBefore) = (Double(current.shown), Double(before.shown))
        let (clicked, clickedBefore) = (
            min(Double(current.clicked), shown), min(Double(before.clicked), shownBefore)
        )
        let (rate, rateBefore) = (clicked / shown, clickedBefore / shownBefore)
        guard rate < (1 - drop) * rateBefore else { return false }
        let pooled = (clicked + clickedBefore) / (shown + shownBefore)
        let variance = pooled * (1 - pooled) * (1 / shown + 1 / shownBefore)
        guard variance > 0 else { return false }
        // The mixture expects effects of about the size that matters.
        let tau = max(drop, 0.01) * rateBefore
        let difference = rate - rateBefore
        let spread = variance + tau * tau
        let logRatio =
            0.5 * log(variance / spread) + tau * tau * difference * difference / (2 * variance * spread)
        return logRatio > log(1 / alpha)
    }
}
