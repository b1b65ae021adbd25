import Catalog
import Events
import Kafka
import ServiceSupport
import Stores

/// Serves one partition of `catalog.items`: writes entries to Redis unless a newer one stands there.
struct CatalogWorker: KafkaPartitionWorker {
    let generation: UInt32
    let catalog: CatalogStore
    let records: EventRecords
    let producer: KafkaProducer
    let metrics: StreamProcessorMetrics

    func process(_ batch: [KafkaMessage]) async throws {
        var entries: [(record: KafkaMessage, entry: CatalogStore.Entry)] = []
        var refused: [KafkaOutgoingMessage] = []
        for record in batch {
            do throws(CatalogError) {
                entries.append((record, try entry(record)))
            } catch {
                refused.append(records.rejectedCatalogEntry(record, reason: error.reason.rawValue))
                metrics.rejected(.invalidValue)
            }
        }
        refused += try await write(entries)
        for report in await producer.send(refused) { _ = try report.get() }
        metrics.catalogItems.increment(by: entries.count)
    }

    func stop() async {}

    /// Writes entries; answers the records of those that Redis refuses for ever, which must not hold the others back.
    private func write(
        _ entries: [(record: KafkaMessage, entry: CatalogStore.Entry)]
    ) async throws(StoreError) -> [KafkaOutgoingMessage] {
        do throws(StoreError) {
            _ = try await catalog.write(entries.map(\.entry))
            return []
        } catch {
            guard !error.isRetriable else { throw error }
            guard entries.count == 1 else {
                var refused: [KafkaOutgoingMessage] = []
                for entry in entries { refused += try await write([entry]) }
                return refused
            }
            metrics.rejected(.unprocessable)
            return entries.map { records.rejectedCatalogEntry($0.record, reason: "unprocessable") }
        }
    }

    private func entry(_ record: KafkaMessage) throws(CatalogError) -> CatalogStore.Entry {
        let item: CatalogItem? =
            if let value = record.value { try CatalogCodec.decode(value, key: record.key) } else { nil }
        let limit = CatalogLimits().maximumIDBytes
        guard let id = record.key.flatMap({ String(validating: $0, as: UTF8.self) }),
            EventValidator.isIDWellFormed(id, maximumBytes: limit)
        else { throw CatalogError(.invalidID, field: "id", "the key must be an id of at most \(limit) bytes") }
        return CatalogStore.Entry(id: id, item: item, generation: generation, offset: record.offset)
    }
}
