import Catalog
import Kafka

/// A change to the catalog.
enum CatalogChange: Sendable, Hashable {
    /// A new entry, or a new version of one.
    case upsert(CatalogItem)
    /// The item goes.
    case delete(String)
}

/// Takes changes to where the whole suite reads them.
protocol CatalogWriter: Sendable {
    /// Writes the changes in this order; returns how many were not acknowledged.
    func write(_ changes: [CatalogChange]) async -> Int
}

/// Writes changes to the topic `catalog.items`, keyed by item; a deletion is a tombstone.
struct KafkaCatalogWriter: CatalogWriter {
    let producer: KafkaProducer
    let topic: String

    func write(_ changes: [CatalogChange]) async -> Int {
        let messages = changes.map { change in
            switch change {
            case .upsert(let item):
                KafkaOutgoingMessage(
                    topic: topic,
                    key: Array(item.id.utf8),
                    value: CatalogCodec.encode(item),
                    headers: [KafkaHeader("schema-version", "1")]
                )
            case .delete(let id):
                KafkaOutgoingMessage(topic: topic, key: Array(id.utf8), value: nil)
            }
        }
        return await producer.send(messages).count { if case .failure = $0 { true } else { false } }
    }
}
