import Recommenders

/// The search for one model's hyper-parameters on one validation set.
struct ParameterTuning {
    let plan: EvaluationPlan
    let tuning: EvaluationPlan.Tuning
    let candidate: EvaluationPlan.Candidate

    struct Outcome {
        var trials: [ModelReport.Trial] = []
        var best: ModelReport.Trial?
        var failure: String?
    }

    /// Tries one set of values after the other; values that were tried already are not fitted again.
    func run(on fold: Fold, found: FoundValues, _ tell: (_ trial: Int, _ best: Double?) -> Void) -> Outcome {
        let specs = candidate.model.parameters
        var search = ParameterSearch(
            specs,
            standard: candidate.values,
            fixed: candidate.fixed,
            method: tuning.method,
            seed: plan.seed
        )
        let evaluator = Evaluator(cutoffs: [plan.metric.cutoff], isComplete: false, workers: plan.workers)
        var known: [ParameterValues: ModelReport.Trial] = [:]
        var outcome = Outcome()
        let context = FitContext(seed: plan.seed, workers: .dispatch(count: plan.workers))
        let prepared: PreparedModel
        do {
            prepared = try candidate.model.prepare(fold.training, found: found, context)
        } catch {
            outcome.failure = "\(error)"
            return outcome
        }
        for number in 1...max(1, search.isEmpty ? 1 : tuning.trials) {
            tell(number, outcome.best?.score)
            let values = search.propose()
            var trial = known[values] ?? ModelReport.Trial(values: values, score: nil, seconds: 0)
            if known[values] == nil {
                let clock = ContinuousClock()
                let start = clock.now
                do {
                    let model = try prepared.fit(values, context)
                    trial.score = try evaluator.measure(model, on: fold, statistics: nil).mean(of: plan.metric)
                } catch {
                    outcome.failure = "\(error)"
                }
                trial.seconds = (clock.now - start).inSeconds
                known[values] = trial
            }
            search.report(values, score: trial.score ?? -.infinity)
            outcome.trials.append(trial)
            if let score = trial.score, score > outcome.best?.score ?? -.infinity { outcome.best = trial }
        }
        return outcome
    }
}
