/// The plots of a report, as SVG.
struct ReportPlots {
    let report: EvaluationReport

    /// A bar per model with its interval, best first.
    var bars: String {
        let models = report.ranked
        let (width, left, step) = (860.0, 150.0, 26.0)
        let height = Double(models.count) * step + 34
        let highest = models.compactMap { $0.metrics[report.metric]?.high }.max() ?? 1
        let scale = PlotScale(0...max(highest, 1e-9), from: left, to: width - 70)
        var svg = open(width, height, "\(report.metric) of every model with 95 % intervals")
        for mark in scale.marks {
            svg += SVG.line(scale.place(mark), 4, scale.place(mark), height - 26, style: "grid")
            svg += SVG.text(scale.label(mark), x: scale.place(mark), y: height - 10, anchor: "middle", style: "tick")
        }
        for (index, model) in models.enumerated() {
            guard let interval = model.metrics[report.metric] else { continue }
            let middle = Double(index) * step + 16
            svg += SVG.text(model.name, x: left - 10, y: middle + 4, anchor: "end")
            svg += "<rect x=\"\(SVG.at(left))\" y=\"\(SVG.at(middle - 8))\" height=\"16\" rx=\"2\" "
            svg +=
                "width=\"\(SVG.at(scale.place(interval.value) - left))\" class=\"\(index == 0 ? "best" : "bar")\"/>\n"
            svg += SVG.line(scale.place(interval.low), middle, scale.place(interval.high), middle, style: "whisker")
            for end in [interval.low, interval.high] {
                svg += SVG.line(scale.place(end), middle - 4, scale.place(end), middle + 4, style: "whisker")
            }
            svg += SVG.text(
                Figures.metric(interval.value),
                x: scale.place(interval.high) + 8,
                y: middle + 4,
                style: "value"
            )
        }
        return svg + "</svg>\n"
    }

    /// Accuracy against coverage: who is right, and with how much of the catalogue.
    var scatter: String {
        let points = report.ranked.compactMap { model -> (name: String, coverage: Double, value: Double)? in
            guard let value = model.metrics[report.metric]?.value,
                let at = model.spreads.first(where: { $0.cutoff == report.metric.cutoff })
            else { return nil }
            return (model.name, at.spread.coverage, value)
        }
        guard points.count > 1 else { return "" }
        let (width, height) = (860.0, 420.0)
        let most = points.map(\.coverage).max() ?? 1
        let (low, high) = (points.map(\.value).min() ?? 0, points.map(\.value).max() ?? 1)
        let across = PlotScale(0...max(most * 1.12, 1e-6), from: 60, to: width - 30)
        let up = PlotScale((low - (high - low) * 0.08)...(high + (high - low) * 0.1), from: height - 50, to: 16)
        var svg = open(width, height, "\(report.metric) against coverage")
        for mark in up.marks {
            svg += SVG.line(60, up.place(mark), width - 30, up.place(mark), style: "grid")
            svg += SVG.text(up.label(mark), x: 52, y: up.place(mark) + 4, anchor: "end", style: "tick")
        }
        for mark in across.marks {
            svg += SVG.text(across.label(mark), x: across.place(mark), y: height - 32, anchor: "middle", style: "tick")
        }
        svg += SVG.text("coverage@\(report.metric.cutoff)", x: width - 30, y: height - 10, anchor: "end", style: "tick")
        svg += SVG.text("\(report.metric)", x: 4, y: 12, style: "tick")
        // Points are taken from the start, so that no label covers one.
        var taken = points.map { (x: across.place($0.coverage) - 5, y: up.place($0.value), width: 10.0) }
        for (index, point) in points.enumerated() {
            let (x, y) = (across.place(point.coverage), up.place(point.value))
            svg +=
                "<circle cx=\"\(SVG.at(x))\" cy=\"\(SVG.at(y))\" r=\"5\" class=\"\(index == 0 ? "best" : "bar")\"/>\n"
            let label = freePlace(x: x, y: y, width: Double(point.name.count) * 7, limit: width - 4, taken)
            if abs(label.y - y) > 16 {
                svg += SVG.line(x, y, label.x + Double(point.name.count) * 3.5, label.y, style: "grid")
            }
            taken.append((label.x, label.y, Double(point.name.count) * 7))
            svg += SVG.text(point.name, x: label.x, y: label.y + 4)
        }
        return svg + "</svg>\n"
    }

    /// Beside its point, or where that is taken, in the next free place around it.
    private func freePlace(
        x: Double,
        y: Double,
        width: Double,
        limit: Double,
        _ taken: [(x: Double, y: Double, width: Double)]
    ) -> (x: Double, y: Double) {
        for distance in [0.0, 13, 26, 39, 52, 65] {
            for (right, down) in [(1.0, 0.0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)] {
                let left = right > 0 ? x + 9 + distance / 2 : right < 0 ? x - width - 9 - distance / 2 : x - width / 2
                let place = (x: left, y: y + down * (14 + distance))
                let isFree = taken.allSatisfy { other in
                    abs(other.y - place.y) > 12 || other.x + other.width < place.x || place.x + width < other.x
                }
                if isFree, place.x > 56, place.x + width < limit, place.y > 14 { return place }
            }
        }
        return (x + 9, y)
    }

    /// The trials of one model: each as a point, the best so far as a line.
    func history(of model: ModelReport) -> String {
        guard let trials = model.trials.first, trials.count > 1 else { return "" }
        let scores = trials.compactMap(\.score)
        guard let low = scores.min(), let high = scores.max() else { return "" }
        let (width, height) = (280.0, 150.0)
        let across = PlotScale(1...Double(trials.count), from: 44, to: width - 10)
        let up = PlotScale(low...high, from: height - 24, to: 26)
        var svg = open(width, height, "tuning of \(model.name)")
        svg += SVG.text(model.name, x: 44, y: 14)
        svg += SVG.text(Figures.metric(high), x: 40, y: up.place(high) + 4, anchor: "end", style: "tick")
        svg += SVG.text(Figures.metric(low), x: 40, y: up.place(low) + 4, anchor: "end", style: "tick")
        svg += SVG.text("1", x: across.place(1), y: height - 8, anchor: "middle", style: "tick")
        svg += SVG.text(
            "\(trials.count)",
            x: across.place(Double(trials.count)),
            y: height - 8,
            anchor: "middle",
            style: "tick"
        )
        var best = -Double.infinity
        var path = ""
        for (index, trial) in trials.enumerated() {
            let x = across.place(Double(index + 1))
            if let score = trial.score {
                svg += "<circle cx=\"\(SVG.at(x))\" cy=\"\(SVG.at(up.place(score)))\" r=\"2.5\" class=\"trial\"/>\n"
                best = max(best, score)
            }
            guard best > -.infinity else { continue }
            path += path.isEmpty ? "M\(SVG.at(x)) \(SVG.at(up.place(best)))" : "H\(SVG.at(x))V\(SVG.at(up.place(best)))"
        }
        return svg + "<path d=\"\(path)\" class=\"sofar\"/></svg>\n"
    }

    private func open(_ width: Double, _ height: Double, _ title: String) -> String {
        "<svg viewBox=\"0 0 \(SVG.at(width)) \(SVG.at(height))\" width=\"\(SVG.at(width))\" role=\"img\" "
            + "aria-label=\"\(SVG.escaped(title))\">\n"
    }
}
