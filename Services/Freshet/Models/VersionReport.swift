import Events
import Foundation
import Ranking
import Recommenders
import Scoring
import Stores

/// What people want to know of models, as lines.
enum VersionReport {
    /// The versions, the newest first, and the refusals.
    static func list(records: [ModelRecord], serving: UInt64, refusals: [ModelRefusal]) -> [String] {
        guard serving > 0 else { return ["no model has been published yet"] + lines(refusals) }
        var lines = ["version \(serving) serves"]
        for record in records {
            let mark = record.version == serving ? "*" : " "
            var line = "\(mark) \(record.version)  \(record.publishedAt)  \(record.origin.rawValue)"
            if let restores = record.restores, let replaces = record.replaces {
                line += " (\(restores) again, as \(replaces) harmed click-through)"
            }
            line += "  \(record.bytes) bytes in \(record.artefact)"
            lines.append(line)
            if let info = try? JSONDecoder().decode(BundleInfo.self, from: Data(record.summary.utf8)) {
                lines += self.info(info).map { "      \($0)" }
            }
        }
        return lines + self.lines(refusals)
    }

    /// What a bundle consists of.
    static func bundle(_ bundle: ModelBundle, bytes: [UInt8]) -> [String] {
        var lines = ["\(bytes.count) bytes, \(bundle.itemIDs.count) items"] + info(bundle.info)
        if let artefact = try? ModelArtefact(decoding: bytes) {
            if let ranker = bundle.models.ranker {
                lines.append("ranker: \(ranker.treeCount) trees; what its splits took from the loss:")
                for feature in ranker.importances.prefix(10) where feature.splits > 0 {
                    lines.append("  \(feature.name): \(number(Double(feature.gain))) in \(feature.splits) splits")
                }
            }
            lines += artefact.sections.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.count) bytes" }
        }
        return lines
    }

    private static func info(_ info: BundleInfo) -> [String] {
        var lines = ["plan \(info.plan.isEmpty ? "unknown" : info.plan)"]
        lines[0] += "  \(info.users) users, \(info.items) items, \(info.interactions) interactions"
        if let start = info.windowStart, let end = info.windowEnd { lines.append("signals from \(start) to \(end)") }
        for (model, figures) in info.validation.sorted(by: { $0.key < $1.key }) {
            let text = figures.sorted { $0.key < $1.key }.map { "\($0.key) \(number($0.value))" }
            lines.append("\(model): \(text.joined(separator: ", "))")
        }
        if !info.seconds.isEmpty {
            let text = info.seconds.sorted { $0.key < $1.key }.map { "\($0.key) \(number($0.value))" }
            lines.append("seconds: \(text.joined(separator: ", "))")
        }
        return lines
    }

    private static func lines(_ refusals: [ModelRefusal]) -> [String] {
        guard !refusals.isEmpty else { return [] }
        return ["refused:"] + refusals.map { "  \($0.at)  \($0.origin.rawValue)  \($0.reason)" }
    }

    private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
