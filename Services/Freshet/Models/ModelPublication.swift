import Events
import Scoring
import ServiceSupport
import Stores

/// Brings an operator's artefact into service, with the trainer's verdict or past it.
struct ModelPublication: Sendable {
    let store: ModelStore

    /// Publishes at once; answers the version.
    func force(_ bundle: ModelBundle, _ artefact: [UInt8], at time: Timestamp) async throws -> UInt64 {
        let current = try await store.currentVersion(of: ModelBundle.name)
        let record = ModelRecord(
            origin: .forced,
            publishedAt: time,
            summary: String(decoding: bundle.info.encoded(), as: UTF8.self)
        )
        guard
            let version = try await store.publish(artefact, name: ModelBundle.name, after: current, record: record)
        else {
            throw Complaint("somebody has published version \(current + 1) at the same moment: try again")
        }
        return version
    }

    /// Hands the artefact to the trainer and waits; answers the version, and throws the reason of a refusal.
    func submit(_ artefact: [UInt8], timeout: Duration) async throws -> UInt64 {
        let id = try await store.submit(artefact, name: ModelBundle.name)
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            if let refusal = try await store.refusals(of: ModelBundle.name).first(where: { $0.candidate == id }) {
                throw Complaint("refused: \(refusal.reason)")
            }
            if let record = try await store.records(of: ModelBundle.name).first(where: { $0.candidate == id }) {
                return record.version
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw Complaint("no verdict within \(timeout): does a scorer train? The artefact waits for a day")
    }
}
