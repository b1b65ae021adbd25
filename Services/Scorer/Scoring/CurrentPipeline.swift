import Logging
import NIOConcurrencyHelpers
import PublishedLists
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// The pipeline that this process makes lists with: the serving model, the catalog's new items and what is trending.
///
/// Made anew when one of them changes; readers take a whole one.
final class CurrentPipeline: Sendable {
    /// What lists are made from at one moment.
    struct Value: Sendable {
        let pipeline: ListPipeline
        let trends: Trends
        /// Rises with every change of the new items.
        let catalogVersion: UInt64
    }

    fileprivate struct State {
        var value: Value?
        var newItems: [NewItem] = []
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

    /// The newest, `nil` before there is a model.
    ///
    /// The first to ask after a publication prepares it (milliseconds); who asks meanwhile waits.
    var value: Value? {
        guard let bundle = model.value else { return nil }
        return state.withLockedValue { state in
            if let value = state.value, value.pipeline.bundle.version == bundle.version,
                value.catalogVersion == state.catalogVersion
            {
                return value
            }
            var base =
                if let old = state.value?.pipeline, old.bundle.version == bundle.version { old } else {
                    settings.pipeline(of: bundle)
                }
            do {
                base = try base.with(newItems: state.newItems)
            } catch {
                failures.log("new items cannot be described", metadata: ["error": "\(error)"])
            }
            return state.replace(with: base)
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
            if let pipeline = state.value?.pipeline { _ = state.replace(with: pipeline) }
        }
    }
}

extension CurrentPipeline.State {
    fileprivate mutating func replace(with pipeline: ListPipeline) -> CurrentPipeline.Value {
        let made = CurrentPipeline.Value(
            pipeline: pipeline,
            trends: pipeline.trends(trending.map { (id: $0.itemID, score: $0.score) }),
            catalogVersion: catalogVersion
        )
        value = made
        return made
    }
}
