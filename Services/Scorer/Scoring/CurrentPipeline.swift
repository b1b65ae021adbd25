import Logging
import NIOConcurrencyHelpers
import PublishedLists
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// The pipeline that this process makes lists with: the serving model, the catalog's new items and what is trending.
///
/// Made anew behind the readers when one of them changes; they take a whole one and never wait for the next.
final class CurrentPipeline: Sendable {
    /// What lists are made from at one moment.
    struct Value: Sendable {
        let pipeline: ListPipeline
        let trends: Trends
        /// Of the new items that it was made with.
        let catalogVersion: UInt64
    }

    fileprivate struct State {
        var value: Value?
        var newItems: [NewItem] = []
        /// Rises with every change of the new items.
        var catalogVersion: UInt64 = 0
        var trending: [RankedItem] = []
    }

    private let model: CurrentModel
    private let settings: ListSettings
    private let failures: RepeatedErrorLog
    private let state = NIOLockedValueBox(State())

    init(model: CurrentModel, settings: ListSettings, failures: RepeatedErrorLog) {
        self.model = model
        self.settings = settings
        self.failures = failures
    }

    /// The newest that is ready, `nil` before there is a model.
    var value: Value? { state.withLockedValue { $0.value } }

    /// Prepares what lists are made from now on, where model or new items have changed; milliseconds.
    @discardableResult
    func refresh() -> Value? {
        guard let bundle = model.value else { return nil }
        let (old, items, version) = state.withLockedValue { ($0.value, $0.newItems, $0.catalogVersion) }
        if let old, old.pipeline.bundle.version == bundle.version, old.catalogVersion == version { return old }
        var base =
            if let old = old?.pipeline, old.bundle.version == bundle.version { old } else {
                settings.pipeline(of: bundle)
            }
        do {
            base = try base.with(newItems: items)
        } catch {
            failures.log("new items cannot be described", metadata: ["error": "\(error)"])
        }
        return state.withLockedValue { state in
            // Two may do this at once: what is newer stays.
            if let now = state.value,
                (now.pipeline.bundle.version, now.catalogVersion) >= (bundle.version, version)
            {
                return now
            }
            return state.replace(with: base, catalogVersion: version)
        }
    }

    /// Takes the items that the catalog has beyond the models', newest first.
    func take(newItems: [NewItem]) {
        state.withLockedValue { state in
            guard newItems != state.newItems else { return }
            state.newItems = newItems
            state.catalogVersion += 1
        }
    }

    /// Takes what is trending.
    func take(trending: [RankedItem]) {
        state.withLockedValue { state in
            guard trending != state.trending else { return }
            state.trending = trending
            if let value = state.value {
                _ = state.replace(with: value.pipeline, catalogVersion: value.catalogVersion)
            }
        }
    }
}

extension CurrentPipeline.State {
    fileprivate mutating func replace(
        with pipeline: ListPipeline,
        catalogVersion: UInt64
    ) -> CurrentPipeline.Value {
        let made = CurrentPipeline.Value(
            pipeline: pipeline,
            trends: pipeline.trends(trending.map { (id: $0.itemID, score: $0.score) }),
            catalogVersion: catalogVersion
        )
        value = made
        return made
    }
}
