import Evaluation
import Foundation
import Profiles
import Segments

/// The segments of an installation as lines for people, and as a plot.
struct SegmentReport {
    let version: UInt64
    let model: SegmentModel?
    /// The users of now, or a sample of them.
    let profiles: [UserProfile]

    /// Differences shown per segment.
    private static let shownFeatures = 3

    var lines: [String] {
        guard let model else {
            return ["no segment model yet: it takes \(SegmentModel.minimumSample) users and segments.training"]
                + memberships
        }
        let drift = SegmentDrift(model, now: profiles)
        var lines = [
            "segment model, version \(version): \(model.segments.count) segments of \(model.sampleSize) users, "
                + "as of \(model.asOf)",
            "",
            "segment       then     now   distance then, now   name",
        ]
        for (index, segment) in model.segments.enumerated() {
            let then = Double(segment.size) / Double(max(1, model.sampleSize))
            let now = drift.meanDistances[index].map { String(format: "%5.2f", $0) } ?? "    -"
            lines.append(
                "cluster-\(segment.number)".padding(toLength: 11, withPad: " ", startingAt: 0)
                    + String(format: "%6.1f%%  %5.1f%%           ", then * 100, drift.shares[index] * 100)
                    + String(format: "%5.2f ", segment.meanDistance) + now + "   " + segment.name
            )
            let top = segment.topFeatures.prefix(Self.shownFeatures).map { feature in
                let name = model.features.names[feature.feature]
                let value = model.scaling.original(segment.centroid[feature.feature], column: feature.feature)
                return String(format: "%@ %+.1f sd (about %.3g)", name, feature.difference, value)
            }
            if !top.isEmpty { lines.append("            " + top.joined(separator: ", ")) }
        }
        lines += [
            "",
            String(
                format: "drift: stability index %.3f (%@), distances %.2f of the training's, %d users now",
                drift.stabilityIndex,
                drift.stabilityIndex < 0.1 ? "stable" : drift.stabilityIndex < 0.25 ? "some" : "another population",
                drift.distanceRatio,
                drift.sampleSize
            ),
            "tried: "
                + model.trials.map { String(format: "%d (silhouette %.3f)", $0.count, $0.silhouette) }
                .joined(separator: ", "),
        ]
        return lines + memberships
    }

    /// How many of the users stand in each segment by their profiles, rules included.
    private var memberships: [String] {
        var users: [SegmentKey: Int] = [:]
        for profile in profiles { for key in profile.segments.memberships { users[key, default: 0] += 1 } }
        guard !users.isEmpty else { return [] }
        return ["", "in the profiles of \(profiles.count) users:"]
            + users.sorted { $0.key < $1.key }.map { "  \($0.key)  \($0.value)" }
    }

    /// The users in the plane of the model's two largest variances.
    var plot: ScatterPlot? {
        guard let model, model.plane.components.count == 2 else { return nil }
        var points = model.segments.map { _ in [(x: Double, y: Double)]() }
        for profile in profiles {
            let place = model.plane.project(model.scaling.scaled(model.features.values(of: profile)))
            points[model.assignment(of: profile).index].append((place[0], place[1]))
        }
        let shares = model.plane.variances.map { $0 / max(model.plane.totalVariance, .leastNormalMagnitude) * 100 }
        return ScatterPlot(
            title: "Segments of \(profiles.count) users",
            across: String(format: "first component, %.0f %% of the variance", shares[0]),
            up: String(format: "second component, %.0f %%", shares[1]),
            groups: zip(model.segments, points).map {
                ScatterPlot.Group(name: "cluster-\($0.number): \($0.name), \($1.count) users", points: $1)
            }
        )
    }
}
