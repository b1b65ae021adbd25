import Dispatch
import Synchronization

/// Puts intervals around the figures of all models, from the same draws of users, and orders the models by the metric.
struct ModelComparison {
    private let plan: EvaluationPlan
    private let metrics: [MetricName]

    init(_ plan: EvaluationPlan) {
        self.plan = plan
        metrics = Evaluator(cutoffs: plan.cutoffs).metrics
    }

    func compare(_ reports: [ModelReport]) -> [ModelReport] {
        var reports = reports
        let counted = reports.indices.filter { reports[$0].failure == nil }
        let found = Mutex<[Int: [(interval: Bootstrap.Interval, resampled: [Double])]]>([:])
        let work = counted.map { (index: $0, series: series(of: reports[$0].cases)) }
        let bootstrap = Bootstrap(seed: plan.seed)
        DispatchQueue.concurrentPerform(iterations: work.count) { position in
            let means = bootstrap.means(of: work[position].series)
            let intervals = zip(work[position].series, means).map {
                (Bootstrap.interval($0.mean, resampled: $1), $1)
            }
            found.withLock { $0[work[position].index] = intervals }
        }
        let intervals = found.withLock { $0 }
        for index in counted {
            for (metric, found) in zip(metrics, intervals[index] ?? []) {
                reports[index].metrics[metric] = found.interval
            }
            reports[index].spreads = plan.cutoffs.map { spread(of: reports[index].cases, at: $0) }
        }
        func value(_ index: Int) -> Double { reports[index].metrics[plan.metric]?.value ?? 0 }
        let order = counted.sorted { value($0) != value($1) ? value($0) > value($1) : $0 < $1 }
        if let best = order.first, let column = metrics.firstIndex(of: plan.metric), let top = intervals[best] {
            for index in order.dropFirst() {
                guard let own = intervals[index] else { continue }
                reports[index].difference = Bootstrap.interval(
                    own[column].interval.value - top[column].interval.value,
                    resampled: zip(own[column].resampled, top[column].resampled).map { $0 - $1 }
                )
            }
        }
        return order.map { reports[$0] } + reports.filter { $0.failure != nil }
    }

    /// Cases of all folds; a source belongs to one group, whichever fold it is in.
    private func series(of cases: [CaseResult]) -> [Bootstrap.Series] {
        let sources = Set(cases.map(\.source)).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(sources, 0...))
        let groups = cases.map { index[$0.source] ?? 0 }
        return metrics.indices.map { metric in
            Bootstrap.Series(values: cases.map { $0.values[metric] }, groups: groups, groupCount: sources.count)
        }
    }

    private func spread(of cases: [CaseResult], at cutoff: Int) -> ModelReport.SpreadAt {
        var counts = [Int](repeating: 0, count: plan.folds.first?.training.itemCount ?? 0)
        for result in cases { for item in result.list.prefix(cutoff) { counts[item] += 1 } }
        return ModelReport.SpreadAt(cutoff: cutoff, spread: Spread(counts: counts))
    }
}
