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
        var entries: [CatalogStore.Entry] = []
        var refused: [KafkaOutgoingMessage] = []
        for record in batch {
            do throws(CatalogError) {
                entries.append(try entry(record))
            } catch {
                refused.append(records.rejectedCatalogEntry(record, error: error))
                metrics.rejected(.invalidValue)
            }
        }
        for report in await producer.send(refused) { _ = try report.get() }
        _ = try await catalog.write(entries)
        metrics.catalogItems.increment(by: entries.count)
    }

    func stop() async {}

    private func entry(_ record: KafkaMessage) throws(CatalogError) -> CatalogStore.Entry {
        let id = record.key.flatMap { String(validating: $0, as: UTF8.self) } ?? ""
        let item =
            if let value = record.value { try CatalogCodec.decode(value, key: record.key) } else { nil as CatalogItem? }
        return CatalogStore.Entry(id: id, item: item, generation: generation, offset: record.offset)
    }
}
