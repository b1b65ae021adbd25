import JSON

/// A report as JSON; `docs/evaluation.md` describes the fields.
public struct ReportJSON {
    private let report: EvaluationReport

    /// Prepares a report.
    public init(_ report: EvaluationReport) {
        self.report = report
    }

    /// One JSON object and a line end.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("version", 1)
        json.key("data")
        writeData(&json)
        json.field("metric", report.metric.description)
        json.key("cutoffs")
        json.beginArray()
        for cutoff in report.cutoffs { json.write(cutoff) }
        json.endArray()
        json.field("seed", String(report.seed))
        json.field("tuning", report.tuning)
        json.key("models")
        json.beginArray()
        for model in report.models { write(model, &json) }
        json.endArray()
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func writeData(_ json: inout JSONWriter) {
        let data = report.data
        json.beginObject()
        json.field("files", data.files)
        json.field("format", data.format)
        json.field("kind", data.kind.rawValue)
        json.field("split", data.split)
        json.field("sources", data.sources)
        json.field("items", data.items)
        json.field("trainingEntries", data.trainingEntries)
        json.field("cases", data.cases)
        json.field("notes", data.notes)
        json.endObject()
    }

    private func write(_ model: ModelReport, _ json: inout JSONWriter) {
        json.beginObject()
        json.field("name", model.name)
        json.field("failure", model.failure)
        json.key("parameters")
        json.beginArray()
        for values in model.values { write(values, &json) }
        json.endArray()
        if model.failure == nil { writeFigures(model, &json) }
        if !model.trials.isEmpty { writeTrials(model, &json) }
        json.endObject()
    }

    private func writeFigures(_ model: ModelReport, _ json: inout JSONWriter) {
        json.key("metrics")
        json.beginObject()
        for (name, interval) in model.metrics.sorted(by: { $0.key.description < $1.key.description }) {
            json.key(name.description)
            write(interval, &json)
        }
        for at in model.spreads {
            json.key("coverage@\(at.cutoff)")
            write(value: at.spread.coverage, &json)
            json.key("gini@\(at.cutoff)")
            write(value: at.spread.gini, &json)
        }
        json.endObject()
        if let difference = model.difference {
            json.key("differenceToBest")
            write(difference, &json)
        }
        json.field("training", model.training)
        json.field("validation", model.validation)
        json.field("gap", model.metrics[report.metric].flatMap { model.gap(to: $0.value) })
        json.field("fitSeconds", model.fitSeconds)
        json.field("askSeconds", model.askSeconds)
    }

    private func writeTrials(_ model: ModelReport, _ json: inout JSONWriter) {
        json.key("trials")
        json.beginArray()
        for (fold, trials) in model.trials.enumerated() {
            for trial in trials {
                json.beginObject()
                json.field("fold", fold)
                json.field("score", trial.score)
                json.field("seconds", trial.seconds)
                json.key("parameters")
                write(trial.values, &json)
                json.endObject()
            }
        }
        json.endArray()
    }

    private func write(_ values: ParameterValues, _ json: inout JSONWriter) {
        json.beginObject()
        for (name, value) in values.ordered {
            json.key(name)
            switch value {
            case .integer(let value): json.write(value)
            case .real(let value): json.write(value)
            case .choice(let value): json.write(value)
            case .boolean(let value): json.write(value)
            }
        }
        json.endObject()
    }

    private func write(_ interval: Bootstrap.Interval, _ json: inout JSONWriter) {
        json.beginObject()
        json.field("value", interval.value)
        json.field("low", interval.low)
        json.field("high", interval.high)
        json.endObject()
    }

    private func write(value: Double, _ json: inout JSONWriter) {
        json.beginObject()
        json.field("value", value)
        json.endObject()
    }
}
