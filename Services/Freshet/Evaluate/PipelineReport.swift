import Evaluation
import Foundation
import PublishedLists
import Recommenders
import Scoring
import Training

/// What `freshet evaluate pipeline` found, as text.
struct PipelineReport {
    private let outcome: PipelineEvaluation.Outcome
    private let bootstrap: Bootstrap

    init(_ outcome: PipelineEvaluation.Outcome) {
        self.outcome = outcome
        bootstrap = Bootstrap(seed: outcome.evaluation.seed)
    }

    var text: String {
        (data + [""] + figures + differences + weights).map { "\($0)\n" }.joined()
    }

    private var data: [String] {
        let evaluation = outcome.evaluation
        var asked = "\(ReplayProgress.grouped(outcome.test.given.count)) users are asked"
        if let validation = outcome.search?.validation {
            asked += " (validation: \(ReplayProgress.grouped(validation.given.count)))"
        }
        if let known = evaluation.known { asked += ", of whom the first \(known) positives are known" }
        asked += "; hidden is the last \(Decimals.short(evaluation.share)) of each user's positives"
        var lines = [
            "\(ReplayProgress.grouped(evaluation.recorded.activities.count)) activities, "
                + "\(ReplayProgress.grouped(evaluation.recorded.catalog.count)) catalog items", asked,
        ]
        let silent = evaluation.lists.plan.sources.map(\.name).filter { name in
            !outcome.test.alone.contains { $0.source == name }
        }
        if !silent.isEmpty {
            lines.append("nothing proposed, weights as given: \(silent.map(\.rawValue).joined(separator: ", "))")
        }
        if evaluation.training.models.ranker != nil { lines.append("the ranker is left out") }
        return lines
    }

    /// A row of the table: what each part is worth.
    private var figures: [String] {
        let search = outcome.search
        var rows = [("given plan", search?.validation.given, outcome.test.given)]
        if let found = outcome.test.found { rows.append(("found plan", search?.validation.found, found)) }
        rows += outcome.test.alone.map { part in
            (part.source.rawValue, search?.validation.alone.first { $0.source == part.source }?.figures, part.figures)
        }
        let best = outcome.test.found ?? outcome.test.given
        let name = outcome.test.found == nil ? "given" : "found"
        var header = Decimals.padded("ndcg@10 / hit-rate@10", 24)
        if search != nil { header += Decimals.padded("validation", 18) }
        var lines = [header + Decimals.padded("test", 18) + "\(name) plan minus it, test"]
        for (name, validation, test) in rows {
            var line = Decimals.padded(name, 24)
            if search != nil { line += Decimals.padded(validation.map(pair) ?? "", 18) }
            line += Decimals.padded(pair(test), 18)
            if test != best { line += difference(best, test) }
            lines.append(line)
        }
        return lines
    }

    private var differences: [String] {
        guard let validation = outcome.search?.validation, let found = validation.found else { return [] }
        return ["", "found minus given plan, validation: \(difference(found, validation.given))"]
    }

    private var weights: [String] {
        guard let search = outcome.search else { return [] }
        let given = outcome.evaluation.lists.plan
        let isNew = outcome.evaluation.known != nil
        func weight(_ source: SourcePlan) -> String {
            Decimals.short(isNew ? source.newcomerWeight ?? source.weight : source.weight)
        }
        var lines = ["", "\(Decimals.padded(isNew ? "newcomers' weight" : "weight", 24))given   found"]
        for (old, new) in zip(given.sources, search.found.sources) {
            lines.append(Decimals.padded(old.name.rawValue, 24) + Decimals.padded(weight(old), 8) + weight(new))
        }
        lines.append(
            Decimals.padded("fusion.constant", 24) + Decimals.padded(Decimals.short(given.fusionConstant), 8)
                + Decimals.short(search.found.fusionConstant)
        )
        let best = (search.trials.firstIndex { $0.plan == search.found } ?? 0) + 1
        return lines + ["", "found in trial \(best) of \(search.trials.count)"]
    }

    private func pair(_ figures: [HeldOutLists.Figure]) -> String {
        "\(Decimals.metric(figures.meanGain)) / \(Decimals.metric(figures.hitRate))"
    }

    /// Paired over the users, with its 95 % interval.
    private func difference(_ ours: [HeldOutLists.Figure], _ theirs: [HeldOutLists.Figure]) -> String {
        let groups = Array(ours.indices)
        let series = [ours, theirs].map {
            Bootstrap.Series(values: $0.map(\.gain), groups: groups, groupCount: groups.count)
        }
        let means = bootstrap.means(of: series)
        let interval = Bootstrap.interval(
            series[0].mean - series[1].mean,
            resampled: zip(means[0], means[1]).map { $0 - $1 }
        )
        let isApart = interval.low > 0 || interval.high < 0
        return
            "\(Decimals.signed(interval.value)) (\(Decimals.signed(interval.low)) to \(Decimals.signed(interval.high)))"
            + (isApart ? "" : ", not distinguishable")
    }
}

/// How the report writes numbers.
enum Decimals {
    /// Four places.
    static func metric(_ value: Double) -> String { String(format: "%.4f", value) }

    /// Four places with a sign.
    static func signed(_ value: Double) -> String { String(format: "%+.4f", value) }

    /// As short as it can be.
    static func short(_ value: Double) -> String { String(format: "%g", value) }

    /// Filled with blanks at the end.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
