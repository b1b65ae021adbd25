/// A report as an HTML page that needs nothing else: plots are SVG, nothing is loaded, nothing is run.
public struct ReportPage {
    private let report: EvaluationReport

    /// Prepares a report.
    public init(_ report: EvaluationReport) {
        self.report = report
    }

    /// The whole page.
    public var text: String {
        let plots = ReportPlots(report: report)
        let title = "Evaluation on \(report.data.files.joined(separator: ", "))"
        var page = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(SVG.escaped(title))</title>
            <style>\(Self.style)</style></head><body><main>
            <h1>\(SVG.escaped(title))</h1>
            \(facts)
            <section><h2>\(report.metric) with 95 % intervals</h2>
            <p>1,000 resamples of \(sources); bars whose intervals overlap may still differ: the paired differences below decide.</p>
            \(plots.bars)</section>
            <section><h2>Differences to the best</h2>\(differences)</section>

            """
        if report.ranked.count > 1 {
            page += "<section><h2>\(report.metric) against coverage</h2>\(plots.scatter)</section>\n"
        }
        for cutoff in report.cutoffs {
            page += "<section><h2>Lists of \(cutoff)</h2>\(figures(at: cutoff))</section>\n"
        }
        let histories = report.ranked.map(plots.history).filter { !$0.isEmpty }
        if !histories.isEmpty {
            page += "<section><h2>Tuning</h2><p>\(report.metric) on validation: every trial, and the best so far.</p>"
            page += "<div class=\"histories\">\(histories.joined())</div></section>\n"
        }
        page += "<section><h2>Hyper-parameters</h2>\(settings)</section>\n"
        return page + "</main></body></html>\n"
    }

    private var sources: String { report.data.kind == .histories ? "users" : "sessions" }

    private var facts: String {
        let data = report.data
        let numbers = [
            (sources, data.sources), ("items", data.items), ("training pairs", data.trainingEntries),
            ("cases", data.cases),
        ]
        var html = "<div class=\"facts\">"
        for (name, number) in numbers { html += "<div><b>\(Figures.grouped(number))</b>\(name)</div>" }
        html += "</div><p>Format \(data.format); \(SVG.escaped(data.split)); seed \(report.seed)."
        if let tuning = report.tuning { html += " Tuning: \(SVG.escaped(tuning))." }
        html += "</p>"
        for note in data.notes { html += "<p class=\"note\">\(SVG.escaped(note))</p>" }
        for model in report.models {
            if let failure = model.failure {
                html += "<p class=\"note\">\(SVG.escaped("\(model.name) failed: \(failure)"))</p>"
            }
        }
        return html
    }

    private var differences: String {
        table(report.comparisonNames, report.ranked.map(report.comparison))
    }

    private func figures(at cutoff: Int) -> String {
        let rows = report.ranked.map { model -> [String] in
            let spread = model.spreads.first { $0.cutoff == cutoff }?.spread
            var row = [model.name]
            for measure in Measure.allCases { row.append(figure(model.metrics[MetricName(measure, at: cutoff)])) }
            return row + [
                spread.map { Figures.metric($0.coverage) } ?? "", spread.map { Figures.metric($0.gini) } ?? "",
            ]
                + [figure(model.metrics[.auc])]
        }
        return table(["model"] + Measure.allCases.map(\.rawValue) + ["coverage", "gini", "auc"], rows)
    }

    private var settings: String {
        table(
            ["model", "values", "what it is"],
            report.ranked.map { [$0.name, $0.settings, $0.summary] },
            isText: true
        )
    }

    private func figure(_ interval: Bootstrap.Interval?) -> String { interval.map { Figures.measure($0.value) } ?? "" }

    private func table(_ names: [String], _ rows: [[String]], isText: Bool = false) -> String {
        var html = "<div class=\"wide\"><table\(isText ? " class=\"text\"" : "")><thead><tr>"
        for name in names { html += "<th>\(SVG.escaped(name))</th>" }
        html += "</tr></thead><tbody>\n"
        for row in rows { html += "<tr>\(row.map { "<td>\(SVG.escaped($0))</td>" }.joined())</tr>\n" }
        return html + "</tbody></table></div>"
    }

    private static let style = """
        :root{--ink:#1d2733;--soft:#5d6b7a;--line:#e3e8ee;--paper:#fff;--back:#f5f7fa;--bar:#7fa6cf;--best:#1f6fb5}
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#9aa8b7;--line:#2c3743;--paper:#18212b;--back:#10171e;
        --bar:#4d7299;--best:#6db3f2}}
        *{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:32px 20px}h1{font-size:26px;margin:0 0 16px}h2{font-size:17px;margin:0 0 8px}
        section{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:20px 24px;margin:20px 0}
        p{margin:6px 0;color:var(--soft)}.note{border-left:3px solid var(--bar);padding-left:10px}
        .facts{display:flex;gap:36px;margin:0 0 12px;color:var(--soft)}.facts b{display:block;font-size:22px;color:var(--ink)}
        svg{max-width:100%;height:auto;display:block}.label{font-size:13px;fill:var(--ink)}.value{font-size:12px;fill:var(--soft)}
        .tick{font-size:11px;fill:var(--soft)}.grid{stroke:var(--line)}.whisker{stroke:var(--ink);stroke-width:1.3}
        .bar{fill:var(--bar)}.best{fill:var(--best)}.trial{fill:var(--bar)}.sofar{fill:none;stroke:var(--best);stroke-width:1.8}
        .histories{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:12px}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
        th,td{padding:5px 7px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:500}
        th:first-child,td:first-child{text-align:left}tbody tr:first-child td{font-weight:600}
        .text td,.text th{text-align:left;white-space:normal}.text tbody tr:first-child td{font-weight:400}
        """
}
