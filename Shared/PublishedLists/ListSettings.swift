import Foundation
import Profiles
import Recommenders
public import Scoring
public import ServiceSupport

/// How lists are made from a published bundle: read alike by the scorer and by the tool that checks its lists.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `signals.positive.stars` | 3 | ratings of fewer stars speak for nothing |
/// | `training.half.life` | `30d` | the age at which a signal counts half |
/// | `recommendations.length` | 50 | items per list |
/// | `recommendations.exclude.seen` | true | leave out all items of the history, not only consumed ones |
/// | `pipeline.plan` | | a JSON file of sources, weights and policies |
public struct ListSettings: Sendable, Hashable {
    /// How a profile becomes a history.
    public let taste: TastePolicy
    /// What stays out.
    public let exclusion: ExclusionPolicy
    /// Items per list.
    public let length: Int
    /// Sources, merge, policies.
    public let plan: PipelinePlan

    /// Reads the keys, and the plan's file if one is named.
    public init(from reader: SettingsReader) throws(SettingsError) {
        let weights = try SignalWeights(from: reader)
        let halfLife = try reader.duration(
            "training.half.life",
            default: .seconds(30 * 86_400),
            range: .seconds(60) ... .seconds(3_650 * 86_400),
            description: "the age, counted from a user's latest event, at which a signal counts half"
        )
        let stars = try reader.double(
            "signals.positive.stars",
            default: 3,
            range: 0.5...5,
            description: "ratings of fewer stars are no sign of liking an item"
        )
        var taste: TastePolicy
        do {
            taste = TastePolicy(
                weights: weights,
                decay: try TimeDecay(halfLifeSeconds: halfLife / .seconds(1), floor: 0.1)
            )
        } catch {
            throw SettingsError(key: "training.half.life", problem: error.message)
        }
        taste.positiveStars = stars
        self.taste = taste
        length = try reader.int(
            "recommendations.length",
            default: 50,
            range: 1...1000,
            description: "items per list"
        )
        exclusion = ExclusionPolicy(
            excludesSeen: try reader.bool(
                "recommendations.exclude.seen",
                default: true,
                description: "leave out all items of the history that are not repeatable, not only consumed ones"
            )
        )
        let file = try reader.string(
            "pipeline.plan",
            default: "",
            description: "a JSON file of sources, weights and policies; empty: the documented ones"
        )
        plan = file.isEmpty ? .standard : try Self.plan(file)
    }

    /// What makes lists of a bundle by these settings; the catalog's new items are not in it yet.
    public func pipeline(of bundle: ModelBundle) -> ListPipeline {
        ListPipeline(bundle: bundle, plan: plan, taste: taste, exclusion: exclusion)
    }

    private static func plan(_ path: String) throws(SettingsError) -> PipelinePlan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(key: "pipeline.plan", problem: "the file '\(path)' cannot be read")
        }
        do {
            return try JSONDecoder().decode(PipelinePlan.self, from: data)
        } catch let error as PlanError {
            throw SettingsError(key: "pipeline.plan", problem: "\(path): \(error)")
        } catch {
            throw SettingsError(key: "pipeline.plan", problem: "\(path) is not JSON of a plan")
        }
    }
}
