extension EvaluationReport {
    /// What ``comparison(of:)`` says, column by column.
    var comparisonNames: [String] {
        ["\(metric)", "value", "95 % interval", "to the best", "training", "validation", "gap", "fit", "ask"]
    }

    /// A model's figures by the deciding metric.
    func comparison(of model: ModelReport) -> [String] {
        guard let own = model.metrics[metric] else { return [model.name] + comparisonNames.dropFirst().map { _ in "" } }
        var distance = "best"
        if let difference = model.difference {
            distance = "\(Figures.signed(difference.value)) (\(Self.signedRange(difference)))"
        }
        let gap: String = model.gap(to: own.value).map(Figures.signed) ?? ""
        var row: [String] = [model.name, Figures.metric(own.value)]
        row.append("\(Figures.metric(own.low)) to \(Figures.metric(own.high))")
        row.append(distance)
        row.append(model.training.map(Figures.metric) ?? "")
        row.append(model.validation.map(Figures.metric) ?? "")
        row.append(gap)
        row.append(Figures.duration(model.fitSeconds))
        row.append(Figures.duration(model.askSeconds))
        return row
    }

    private static func signedRange(_ interval: Bootstrap.Interval) -> String {
        "\(Figures.signed(interval.low)) to \(Figures.signed(interval.high))"
    }
}
