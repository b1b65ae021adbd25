import Recommenders
import Synchronization

/// Carries out a plan: tunes, fits and asks each model, then compares them all.
public struct EvaluationRun: Sendable {
    private let plan: EvaluationPlan
    private let progress: @Sendable (EvaluationProgress) -> Void

    /// Prepares a run; `progress` is called from any thread.
    public init(_ plan: EvaluationPlan, progress: @escaping @Sendable (EvaluationProgress) -> Void = { _ in }) {
        self.plan = plan
        self.progress = progress
    }

    /// Runs; a model that fails is reported with its error, and the others go on.
    public func models() throws(DataError) -> [ModelReport] {
        let statistics = plan.folds.map { ItemStatistics($0.training) }
        var validations: [Fold] = []
        if plan.tuning != nil {
            for fold in plan.folds {
                let split = plan.split.forValidation(of: fold.trainingEntries, wasGiven: plan.wasGiven)
                validations.append(try split.folds(of: fold.trainingEntries)[0])
            }
        }
        var reports: [ModelReport] = []
        // What hybrids fit their sources with: for each fold the values of the models before them.
        var found = [FoundValues](repeating: [:], count: plan.folds.count)
        let candidates =
            plan.candidates.filter(\.model.sources.isEmpty) + plan.candidates.filter { !$0.model.sources.isEmpty }
        for (index, candidate) in candidates.enumerated() {
            let report = report(candidate, number: index, statistics, validations, found)
            for (fold, values) in report.values.enumerated() where report.failure == nil {
                found[fold][candidate.model.name] = values
            }
            reports.append(report)
        }
        return ModelComparison(plan).compare(reports)
    }

    private func report(
        _ candidate: EvaluationPlan.Candidate,
        number: Int,
        _ statistics: [ItemStatistics],
        _ validations: [Fold],
        _ found: [FoundValues]
    ) -> ModelReport {
        var report = ModelReport(
            name: candidate.model.name,
            summary: candidate.model.summary,
            isSequential: candidate.model.isSequential,
            values: []
        )
        let folds = Double(plan.folds.count)
        func tell(_ step: String, _ fold: Int, _ share: Double) {
            let whole = (Double(number) + (Double(fold) + share) / folds) / Double(plan.candidates.count)
            progress(EvaluationProgress(model: candidate.model.name, step: step, share: whole))
        }
        do {
            var training: [Double] = []
            var validation: [Double] = []
            for (index, fold) in plan.folds.enumerated() {
                var values = candidate.values
                var begun = 0.0
                if let tuning = plan.tuning, !candidate.model.parameters.isEmpty {
                    begun = 0.8
                    let search = ParameterTuning(plan: plan, tuning: tuning, candidate: candidate)
                    let outcome = search.run(on: validations[index], found: found[index]) { trial, best in
                        let best = best.map { ", best \(plan.metric) \(Figures.metric($0))" } ?? ""
                        tell(
                            "trial \(trial) of \(tuning.trials)\(best)",
                            index,
                            begun * Double(trial - 1) / Double(tuning.trials)
                        )
                    }
                    report.trials.append(outcome.trials)
                    guard let best = outcome.best else { throw ModelError(outcome.failure ?? "no trial succeeded") }
                    values = best.values
                    validation.append(best.score ?? 0)
                } else if plan.tuning != nil {
                    validation.append(try score(candidate, values, validations[index], found[index]))
                }
                report.values.append(values)
                tell("fit", index, begun)
                let clock = ContinuousClock()
                var start = clock.now
                let context = FitContext(seed: plan.seed, workers: .dispatch(count: plan.workers))
                let model = try candidate.model.prepare(fold.training, found: found[index], context).fit(
                    values,
                    context
                )
                report.fitSeconds += (clock.now - start).inSeconds
                tell("ask", index, begun + (1 - begun) / 2)
                start = clock.now
                let evaluator = Evaluator(cutoffs: plan.cutoffs, workers: plan.workers)
                let result = try evaluator.measure(model, on: fold, statistics: statistics[index])
                report.askSeconds += (clock.now - start).inSeconds
                report.cases.append(contentsOf: result.cases)
                let sample = TrainingSample(fold, split: plan.split, seed: plan.seed).fold
                training.append(try quick.measure(model, on: sample, statistics: nil).mean(of: plan.metric))
            }
            report.training = training.reduce(0, +) / Double(max(1, training.count))
            report.validation = validation.isEmpty ? nil : validation.reduce(0, +) / Double(validation.count)
        } catch {
            report.failure = "\(error)"
        }
        return report
    }

    private var quick: Evaluator { Evaluator(cutoffs: [plan.metric.cutoff], isComplete: false, workers: plan.workers) }

    private func score(
        _ candidate: EvaluationPlan.Candidate,
        _ values: ParameterValues,
        _ fold: Fold,
        _ found: FoundValues
    ) throws -> Double {
        let context = FitContext(seed: plan.seed, workers: .dispatch(count: plan.workers))
        let model = try candidate.model.prepare(fold.training, found: found, context).fit(values, context)
        return try quick.measure(model, on: fold, statistics: nil).mean(of: plan.metric)
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
