import Events
import Foundation
import JSON
import Kafka
import Logging
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Publishes models: artefact and version, then the similar lists, and last the notice on `models.published`.
///
/// Whoever is killed in between leaves a version that serves; the next trainer completes its publication.
struct ModelPublisher: Sendable {
    let registry: ModelStore
    let producer: KafkaProducer
    let topic: String
    let serving: ModelServing
    let similarLists: SimilarLists
    let metrics: ScorerMetrics
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Publishes a bundle as the version after the one that serves here, and puts it into service; answers the version.
    ///
    /// Throws when something is away, or when another instance has published meanwhile; what serves is then unchanged.
    @discardableResult
    func publish(_ bundle: ModelBundle, origin: ModelRecord.Origin, candidate: String? = nil) async throws -> UInt64 {
        let record = ModelRecord(
            origin: origin,
            publishedAt: now(),
            candidate: candidate,
            summary: String(decoding: bundle.info.encoded(), as: UTF8.self)
        )
        let artefact = bundle.artefact()
        let version = try await publish(artefact, record: record)
        // What serves is what everybody else reads: rounding, if there was any, included.
        serving.serve(try ModelBundle(version: version, artefact: artefact))
        logger.notice(
            "model published",
            metadata: [
                "version": "\(version)", "origin": "\(origin.rawValue)", "users": "\(bundle.info.users)",
                "items": "\(bundle.info.items)", "interactions": "\(bundle.info.interactions)",
                "bytes": "\(artefact.count)",
                "seconds": "\(bundle.info.seconds.values.reduce(0, +))",
            ]
        )
        return version
    }

    /// Publishes the artefact of an earlier version again, in the place of the one that serves; answers the new version.
    ///
    /// Throws when that artefact is not kept any more, or is damaged.
    func restore(_ earlier: UInt64, inPlaceOf harmful: UInt64) async throws -> UInt64 {
        guard let artefact = try await registry.artefact(of: ModelBundle.name, version: earlier) else {
            throw NothingToRestore(version: earlier)
        }
        let bundle = try ModelBundle(version: earlier, artefact: artefact)
        let record = ModelRecord(
            origin: .rollback,
            publishedAt: now(),
            restores: earlier,
            replaces: harmful,
            summary: String(decoding: bundle.info.encoded(), as: UTF8.self)
        )
        let version = try await publish(artefact, record: record)
        serving.serve(bundle.withVersion(version))
        return version
    }

    private func publish(_ artefact: [UInt8], record: ModelRecord) async throws -> UInt64 {
        let served = serving.current.value?.version ?? 0
        let current = try await registry.currentVersion(of: ModelBundle.name)
        if current <= served {
            let version = try await registry.publish(
                artefact,
                name: ModelBundle.name,
                after: current,
                served: served,
                record: record
            )
            if let version { return version }
        }
        // What the other one has published serves here from now on.
        try await serving.reload()
        throw PublishedElsewhere()
    }

    /// Writes the lists that belong to what serves and announces it, unless that has been done.
    func complete(_ bundle: ModelBundle) async throws {
        guard try await registry.announcedVersion(of: ModelBundle.name) < bundle.version else { return }
        try await similarLists.write(bundle)
        let record = try await registry.record(of: ModelBundle.name, version: bundle.version)
        var json = JSONWriter(reservingCapacity: 256)
        json.beginObject()
        json.field("name", ModelBundle.name)
        json.field("version", Int(clamping: bundle.version))
        json.field("origin", record?.origin.rawValue)
        json.key("metrics")
        json.beginObject()
        json.field("users", bundle.info.users)
        json.field("items", bundle.info.items)
        json.field("interactions", bundle.info.interactions)
        json.field("trainingSeconds", bundle.info.seconds.values.reduce(0, +))
        for (model, figures) in bundle.info.validation.sorted(by: { $0.key < $1.key }) {
            for (measure, figure) in figures.sorted(by: { $0.key < $1.key }) {
                json.field("\(model).\(measure)", figure)
            }
        }
        json.endObject()
        json.field("artefactBytes", record?.bytes)
        json.field("artefact", record?.artefact)
        json.endObject()
        let key = Array(ModelBundle.name.utf8)
        _ = try await producer.send(KafkaOutgoingMessage(topic: topic, key: key, value: json.bytes))
        try await registry.noteAnnounced(bundle.version, name: ModelBundle.name)
    }
}

/// Another instance has published a model in between.
struct PublishedElsewhere: Error, CustomStringConvertible {
    var description: String { "another instance has published a model meanwhile" }
}

/// There is no earlier version whose artefact is kept.
struct NothingToRestore: Error, CustomStringConvertible {
    var version: UInt64
    var description: String { "the artefact of version \(version) is not kept any more" }
}
