import Logging
import NIOConcurrencyHelpers
import Segments
import ServiceSupport
import Stores
import Threading

/// The segmenter in force: the rules of the start, and the newest segment model of the registry.
final class Segmenting: Sendable {
    private let box: NIOLockedValueBox<Segmenter>

    init(_ segmenter: Segmenter = Segmenter()) {
        box = NIOLockedValueBox(segmenter)
    }

    /// What batches are segmented with from now on.
    var current: Segmenter { box.withLockedValue { $0 } }

    /// Reads the rule file that the settings name.
    static func rules(from settings: SegmentSettings) async throws -> SegmentRules? {
        guard !settings.rulesPath.isEmpty else { return nil }
        let path = settings.rulesPath
        let rules = try await DedicatedThread.run {
            Result { try SettingsDocument(path: path, setting: "segments.rules").decode(SegmentRules.self) }
        }.get()
        return rules.isEmpty ? nil : rules
    }

    /// Looks for newer models until cancelled; what cannot be read is logged, and the one in force stays.
    func follow(_ registry: ModelStore, interval: Duration, failures: RepeatedErrorLog) async {
        while !Task.isCancelled {
            do {
                try await reload(from: registry)
            } catch {
                failures.log("the segment model cannot be read", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: interval)
        }
    }

    /// Loads the newest model where it is newer than the one in force.
    func reload(from registry: ModelStore) async throws {
        let version = try await registry.currentVersion(of: SegmentModel.name)
        guard version != current.model?.version ?? 0,
            let bytes = try await registry.artefact(of: SegmentModel.name, version: version)
        else { return }
        let model = try SegmentModel(decoding: bytes)
        box.withLockedValue { $0.model = (version, model) }
    }
}
