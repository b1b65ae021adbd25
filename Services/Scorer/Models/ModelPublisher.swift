import Events
import JSON
import Kafka
import Logging
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Publishes a trained model: artefact, version, similar lists, and last the notice on `models.published`.
struct ModelPublisher: Sendable {
    let registry: ModelStore
    let producer: KafkaProducer
    let topic: String
    let serving: ModelServing
    let similarLists: SimilarLists
    let logger: Logger

    /// Throws when something is away, or when another instance has published meanwhile; what serves is then unchanged.
    func publish(_ model: ModelBundle, set: TrainingSet, duration: Duration) async throws {
        let artefact = model.artefact()
        let current = try await registry.currentVersion(of: ModelBundle.name)
        guard let version = try await registry.publish(artefact, name: ModelBundle.name, after: current) else {
            throw PublishedElsewhere()
        }
        let published = model.withVersion(version)
        serving.serve(published)
        logger.notice(
            "model published",
            metadata: [
                "version": "\(version)", "users": "\(set.matrix.userCount)", "items": "\(set.matrix.itemCount)",
                "interactions": "\(set.matrix.entryCount)", "duration": "\(duration)", "bytes": "\(artefact.count)",
            ]
        )
        try await similarLists.write(published)
        try await announce(version: version, set: set, duration: duration, bytes: artefact.count)
    }

    private func announce(version: UInt64, set: TrainingSet, duration: Duration, bytes: Int) async throws {
        var json = JSONWriter(reservingCapacity: 256)
        json.beginObject()
        json.field("name", ModelBundle.name)
        json.field("version", Int(clamping: version))
        json.key("metrics")
        json.beginObject()
        json.field("users", set.matrix.userCount)
        json.field("items", set.matrix.itemCount)
        json.field("interactions", set.matrix.entryCount)
        json.field("trainingSeconds", duration / .seconds(1))
        json.endObject()
        json.field("artefactBytes", bytes)
        json.field("registry", "redis")
        json.endObject()
        let key = Array(ModelBundle.name.utf8)
        _ = try await producer.send(KafkaOutgoingMessage(topic: topic, key: key, value: json.bytes))
    }
}

/// Another instance has published a model in between.
struct PublishedElsewhere: Error, CustomStringConvertible {
    var description: String { "another instance has published a model meanwhile" }
}
