/// A report as a self-contained HTML page.
public struct ReportPage {
    private let report: EvaluationReport

    /// Prepares a report.
    public init(_ report: EvaluationReport) {
        self.report = report
    }

    /// The whole page.
    public var text: String { "" }
}
