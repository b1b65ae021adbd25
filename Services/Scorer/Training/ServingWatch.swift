import Events
import Logging
import Scoring
import ServiceSupport
import Stores
import Training

/// Watches what users do with the version that serves, and takes it back when it harms click-through.
struct ServingWatch: Sendable {
    let clickGuard: ClickGuard
    let hold: Duration
    let registry: ModelStore
    let publisher: ModelPublisher
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Judges the version that serves; publishes the latest good one before it where it is harmful.
    func check(_ version: UInt64, clicks: ClickCounts) async throws {
        let current = clicks.tallies[version] ?? ClickCounts.Tally()
        metrics.shownItems.set(Double(current.shown))
        metrics.clickedItems.set(Double(current.clicked))
        guard current.shown >= clickGuard.minimumShown else { return }
        let records = try await registry.records(of: ModelBundle.name)
        let harmful = Set(records.compactMap(\.replaces))
        let before = clicks.tallies.filter { $0.key < version && !harmful.contains($0.key) }
            .sorted { $0.key > $1.key }.prefix(10)
            .reduce(into: ClickCounts.Tally()) { sum, entry in
                sum.shown += entry.value.shown
                sum.clicked += entry.value.clicked
            }
        guard clickGuard.isHarmful(current, before: before) else { return }
        let figures: Logger.Metadata = [
            "version": "\(version)", "shown": "\(current.shown)", "clicked": "\(current.clicked)",
            "shown.before": "\(before.shown)", "clicked.before": "\(before.clicked)",
        ]
        guard let good = records.first(where: { $0.version < version && !harmful.contains($0.version) }) else {
            failures.log(level: .error, "a model harms click-through, and no earlier one is kept", metadata: figures)
            return
        }
        let restored: UInt64
        do {
            restored = try await publisher.restore(good.version, inPlaceOf: version)
        } catch let error as NothingToRestore {
            failures.log(level: .error, "a model harms click-through: \(error)", metadata: figures)
            return
        }
        metrics.rollbacks.increment()
        logger.error(
            "a model that harms click-through was taken back",
            metadata: figures.merging(["restored": "\(good.version)", "as": "\(restored)"]) { _, new in new }
        )
    }

    /// Whether training must not publish: a version that it had trained was taken back a moment ago.
    func isHeld() async throws -> Bool {
        guard hold > .zero else { return false }
        let records = try await registry.records(of: ModelBundle.name)
        let earliest = now().milliseconds - Int64(hold / .milliseconds(1))
        let trained = Set(records.filter { $0.origin == .training }.map(\.version))
        return records.contains { record in
            record.publishedAt.milliseconds > earliest && record.replaces.map(trained.contains) ?? false
        }
    }
}
