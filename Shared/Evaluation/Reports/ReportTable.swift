/// A report as text for a terminal.
public struct ReportTable {
    private let report: EvaluationReport

    /// Prepares a report.
    public init(_ report: EvaluationReport) {
        self.report = report
    }

    /// All lines.
    public var text: String {
        var lines = header
        for cutoff in report.cutoffs { lines += [""] + accuracy(at: cutoff) }
        lines += [""] + comparison
        if report.cutoffs.contains(report.metric.cutoff) { lines += [""] + beyondAccuracy(at: report.metric.cutoff) }
        lines += [""] + settings
        let failed = report.models.compactMap { model in model.failure.map { "\(model.name) failed: \($0)" } }
        if !failed.isEmpty { lines += [""] + failed }
        return lines.joined(separator: "\n") + "\n"
    }

    private var header: [String] {
        let data = report.data
        let sources = data.kind == .histories ? "users" : "sessions"
        let counts = [
            "\(Figures.grouped(data.sources)) \(sources)", "\(Figures.grouped(data.items)) items",
            "\(Figures.grouped(data.trainingEntries)) training pairs", "\(Figures.grouped(data.cases)) cases",
        ]
        var lines = ["\(data.files.joined(separator: ", ")) (\(data.format)): \(counts.joined(separator: ", "))"]
        lines.append("split: \(data.split)")
        if let tuning = report.tuning { lines.append("tuning: \(tuning)") }
        return lines + data.notes.map { "note: \($0)" }
    }

    private func accuracy(at cutoff: Int) -> [String] {
        let measures = Measure.accuracy
        let rows = report.ranked.map { model in
            [model.name] + measures.map { figure(model.metrics[MetricName($0, at: cutoff)]) }
                + [figure(model.metrics[.auc])]
        }
        return table([["@\(cutoff)"] + measures.map(\.rawValue) + ["auc"]] + rows)
    }

    private var comparison: [String] {
        table([report.comparisonNames] + report.ranked.map(report.comparison))
    }

    private func beyondAccuracy(at cutoff: Int) -> [String] {
        let measures: [Measure] = [.diversity, .novelty, .popularity, .newRecall]
        let rows = report.ranked.map { model in
            let spread = model.spreads.first { $0.cutoff == cutoff }?.spread
            return [model.name, Figures.metric(spread?.coverage ?? 0), Figures.metric(spread?.gini ?? 0)]
                + measures.map { figure(model.metrics[MetricName($0, at: cutoff)]) }
        }
        return table([["@\(cutoff)", "coverage", "gini", "diversity", "novelty", "popularity", "new-recall"]] + rows)
    }

    private var settings: [String] {
        report.ranked.filter { !$0.settings.isEmpty }.map { model in
            "\(model.name): \(model.settings)"
                + (model.values.count > 1 ? " (first of \(model.values.count) folds)" : "")
        }
    }

    private func figure(_ interval: Bootstrap.Interval?) -> String { interval.map { Figures.measure($0.value) } ?? "" }

    private func table(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { Figures.padded(row[$0], widths[$0], isRight: $0 > 0) }.joined(separator: "  ")
        }
    }
}
