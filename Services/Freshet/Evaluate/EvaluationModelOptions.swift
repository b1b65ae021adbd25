import ArgumentParser
import Evaluation

/// Which models are evaluated, with which hyper-parameters.
struct EvaluationModelOptions: ParsableArguments {
    @Option(name: .customLong("model"), help: ArgumentHelp("A model; may be given several times.", valueName: "name"))
    var names: [String] = []

    @Option(name: .customLong("set"), help: ArgumentHelp("A hyper-parameter.", valueName: "parameter=value"))
    var assignments: [String] = []

    @Flag(help: "All models.")
    var all = false

    @Option(help: ArgumentHelp("Search hyper-parameters: random or tpe.", valueName: "method"))
    var tune: String?

    @Option(help: ArgumentHelp("How many are tried per model, the standard values first.", valueName: "n"))
    var trials = 30

    @Option(
        help: ArgumentHelp(
            "What decides, such as ndcg@10 (the default where lists are that long).",
            valueName: "metric"
        )
    )
    var metric: String?

    @Flag(help: "List the models with their parameters.")
    var listModels = false

    func validate() throws {
        guard !listModels else { return }
        guard all || !names.isEmpty else {
            throw ValidationError("say which model: --model NAME or --all; --list-models shows them")
        }
        guard !(all && !names.isEmpty) else { throw ValidationError("--all and --model exclude each other") }
        guard assignments.isEmpty || names.count == 1 else {
            throw ValidationError("--set belongs to one model; give one --model")
        }
        guard trials > 0 else { throw ValidationError("--trials is at least 1") }
        if let tune, ParameterSearch.Method(rawValue: tune) == nil {
            throw ValidationError("--tune is random or tpe, not \"\(tune)\"")
        }
        if let metric {
            guard let name = MetricName(metric), let measure = name.measure, Measure.accuracy.contains(measure) else {
                let known = Measure.accuracy.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "--metric is one of \(known) with a length of list, such as ndcg@10; not \"\(metric)\""
                )
            }
        }
    }

    func candidates(withContent: Bool) throws -> [EvaluationPlan.Candidate] {
        let models =
            all
            ? ModelCatalogue.all.filter { !$0.needsContent || withContent } : try names.map(ModelCatalogue.model)
        return try models.map { model in
            do {
                return try EvaluationPlan.Candidate(model, set: assignments)
            } catch {
                throw EvaluationComplaint("\(model.name): \(error)")
            }
        }
    }

    func decidingMetric(cutoffs: [Int]) throws -> MetricName {
        if let metric = metric.flatMap(MetricName.init) { return metric }
        return MetricName(.ndcg, at: cutoffs.contains(10) ? 10 : cutoffs.first ?? 10)
    }

    func tuning() throws -> EvaluationPlan.Tuning? {
        tune.flatMap(ParameterSearch.Method.init).map { EvaluationPlan.Tuning($0, trials: trials) }
    }
}
