import Events
import Foundation
import Profiles
import Sessions
import Stores

/// A user's profile, stream state and list as lines for people.
struct ProfileReport {
    let rows: Int

    func profile(_ outcome: FencedLoadOutcome<FencedProfile>?) -> [String] {
        switch outcome {
        case .found(let fenced): profile(fenced.profile, fenced.fence)
        case .failed(let error): ["profile: \(error)"]
        case .absent, nil: []
        }
    }

    private func profile(_ profile: UserProfile, _ fence: Fence) -> [String] {
        var lines = [
            "profile, revision \(profile.revision)",
            "  seen         \(profile.firstSeen) to \(profile.lastSeen), \(profile.sessions) sessions",
        ]
        let counters = profile.counters.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        lines.append("  events       " + counters.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", "))
        let rfm = profile.rfm(now: profile.lastSeen)
        if rfm.frequency > 0 {
            lines.append("  purchases    \(rfm.frequency), worth \(Self.number(rfm.monetary))")
        }
        if !profile.segments.memberships.isEmpty {
            let names = profile.segments.memberships.map(\.description).joined(separator: ", ")
            lines.append("  segments     \(names), by model \(profile.segments.modelVersion)")
        }
        let policy = ProfilePolicy()
        for (name, table) in [
            ("categories", \UserProfile.categories), ("tags", \.tags), ("creators", \.creators),
        ] {
            let top = profile.affinities(table, at: profile.lastSeen, policy: policy).prefix(rows)
            guard !top.isEmpty else { continue }
            let text = top.map { "\($0.name) \(Self.number($0.affinity))" }.joined(separator: ", ")
            lines.append("  \(name.padding(toLength: 12, withPad: " ", startingAt: 0)) \(text)")
        }
        let latest = profile.items.sorted { ($1.value.lastTime, $0.key) < ($0.value.lastTime, $1.key) }
        lines.append("  items        \(profile.items.count), the latest:")
        for (id, signal) in latest.prefix(rows) {
            let marks = (signal.isConsumed ? " consumed" : "") + (signal.isRejected ? " rejected" : "")
            lines.append(
                "    \(signal.lastTime)  \(id)  \(signal.type.rawValue) \(Self.number(signal.strength)) ×\(signal.count)\(marks)"
            )
        }
        return lines + fenceLines(fence)
    }

    func stream(_ outcome: FencedLoadOutcome<StreamState>?, of user: UserKey) -> [String] {
        switch outcome {
        case .found(let state):
            var lines = [
                "stream",
                "  processed    \(state.processed), duplicates \(state.duplicates), \(state.seen.entries.count) ids kept",
            ]
            if let session = state.session { lines.append("  session      \(session.start) to \(session.lastEvent)") }
            return lines + fenceLines(state.fence)
        case .failed(let error): return ["stream: \(error)"]
        case .absent, nil: return []
        }
    }

    func list(_ list: RecommendationList?) -> [String] {
        guard let list else { return [] }
        var lines = [
            "list of \(list.entries.count), for profile revision \(list.profileRevision), "
                + "by model \(list.modelVersion), computed \(list.computedAt)"
        ]
        for entry in list.entries.prefix(rows) {
            let reason = entry.reason.map { "  \($0.type) \($0.itemID)" } ?? ""
            lines.append("    \(Self.number(Double(entry.score)))  \(entry.itemID)  \(entry.source)\(reason)")
        }
        return lines
    }

    private func fenceLines(_ fence: Fence) -> [String] {
        let entries = fence.entries.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value.generation):\($0.key.name):\($0.value.partition):\($0.value.offset)" }
        return ["  fence        " + entries.joined(separator: " ")]
    }

    private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
