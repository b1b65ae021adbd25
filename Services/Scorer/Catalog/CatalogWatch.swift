import Catalog
import Kafka
import Logging
import NIOConcurrencyHelpers
import PublishedLists
import Recommenders
import Scoring
import ServiceSupport
import Stores
import Threading

/// Knows of catalog changes within a moment: all of the catalog at the start, and then whatever is written to its topic.
///
/// Reads without a group, as every instance needs every entry; writes nothing, as the entries in Redis are the stream
/// processor's. The topic is read from before the scan on, so that nothing falls between the two.
struct CatalogWatch: Sendable {
    let kafka: KafkaClientSettings
    let topic: String
    let generation: UInt32
    let catalog: CatalogStore
    let model: CurrentModel
    let pipeline: CurrentPipeline
    let newLists: NewItemLists
    let changes: AsyncStream<UInt64>.Continuation
    let metrics: ScorerMetrics
    let failures: RepeatedErrorLog
    let logger: Logger
    /// The most items that are kept beside the models'.
    let limit: Int
    /// How often changes are put into service at most.
    private static let pause: Duration = .milliseconds(200)

    /// Works until cancelled; what fails is tried again with back-off.
    func run() async {
        var backoff = Backoff(initial: .milliseconds(200))
        while !Task.isCancelled {
            do {
                try await watch()
            } catch is CancellationError {
                return
            } catch {
                failures.log("the catalog cannot be followed", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func watch() async throws {
        let reader = try await KafkaReader(settings: kafka, topics: [topic], from: .end, logger: logger)
        let live = NIOLockedValueBox(LiveCatalog(limit: limit))
        let dirty = NIOLockedValueBox(true)
        do {
            let entries = try await catalog.entries()
            live.withLockedValue { live in for entry in entries { live.take(entry) } }
        } catch {
            await reader.close()
            throw error
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                while let batch = try await reader.nextBatch() {
                    live.withLockedValue { live in for record in batch { take(record, into: &live) } }
                    if !batch.isEmpty { dirty.withLockedValue { $0 = true } }
                }
            }
            tasks.addTask { try await putIntoService(live, dirty) }
            // Cancellation does not wake a reader that waits for messages; closing it does.
            tasks.addTask {
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
                await reader.close()
            }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func take(_ record: KafkaMessage, into live: inout LiveCatalog) {
        guard let id = record.key.flatMap({ String(validating: $0, as: UTF8.self) }) else { return }
        var item: CatalogItem?
        if let value = record.value {
            // The stream processor rejects what cannot be read; here it is passed over.
            guard let read = try? CatalogCodec.decode(value, key: record.key) else { return }
            item = read
        }
        live.take(CatalogStore.Entry(id: id, item: item, generation: generation, offset: record.offset))
    }

    /// Hands changes of the catalog, and of the model that knows a part of it, to the pipeline.
    private func putIntoService(
        _ live: NIOLockedValueBox<LiveCatalog>,
        _ dirty: NIOLockedValueBox<Bool>
    ) async throws {
        var version: UInt64 = 0
        while true {
            let bundle = model.value
            let isDirty = dirty.withLockedValue { dirty in
                defer { dirty = false }
                return dirty
            }
            if let bundle, isDirty || bundle.version != version {
                let start = ContinuousClock.now
                let isFirst = version == 0
                let isNewModel = bundle.version != version
                version = bundle.version
                pipeline.take(newItems: live.withLockedValue { $0 }.newItems(besides: bundle.isUsed))
                if let value = pipeline.refresh() {
                    metrics.newItems.set(value.pipeline.newItems.count)
                    await newLists.write(value.pipeline, isNewModel: isNewModel)
                }
                // Those who were here lately see what is new; a new model has them scored again anyway.
                if !isNewModel || isFirst { changes.yield(version) }
                // A large catalog that changes all the time must not keep a core busy.
                try await Task.sleep(for: (ContinuousClock.now - start) * 4)
            } else if isDirty, bundle == nil {
                dirty.withLockedValue { $0 = true }
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
