/// A report as a Markdown table: hit rate and gain with their intervals, the paired difference to the best, and the values.
public struct ReportMarkdown {
    private let report: EvaluationReport

    /// Prepares a report.
    public init(_ report: EvaluationReport) {
        self.report = report
    }

    /// The table; its lists have the length of the deciding metric.
    public var text: String {
        let names = [MetricName(.hitRate, at: report.metric.cutoff), MetricName(.ndcg, at: report.metric.cutoff)]
        var text = "| model | \(names[0]) | \(names[1]) | \(report.metric) minus the best's | validation | values |\n"
        text += "|---|---|---|---|---|---|\n"
        for model in report.ranked {
            var cells = [model.name]
            for name in names { cells.append(model.metrics[name].map(Self.figure) ?? "") }
            cells.append(model.difference.map(Self.difference) ?? "best")
            cells.append(model.validation.map(Figures.metric) ?? "")
            cells.append(model.settings)
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }

    private static func figure(_ interval: Bootstrap.Interval) -> String {
        "\(Figures.metric(interval.value)) (\(Figures.metric(interval.low))–\(Figures.metric(interval.high)))"
    }

    private static func difference(_ interval: Bootstrap.Interval) -> String {
        "\(Figures.signed(interval.value)) (\(Figures.signed(interval.low)) to \(Figures.signed(interval.high)))"
    }
}
