import Dispatch
import Synchronization

/// Asks a fitted model all cases and measures the answers.
public struct Evaluator: Sendable {
    /// The lengths of list that are measured, ascending.
    public var cutoffs: [Int]
    /// Whether lists are kept and everything beyond accuracy is measured, too; a search needs neither.
    public var isComplete: Bool
    /// How many threads ask.
    public var workers: Int

    /// Creates an evaluator.
    public init(cutoffs: [Int], isComplete: Bool = true, workers: Int = 1) {
        self.cutoffs = Set(cutoffs).sorted()
        self.isComplete = isComplete
        self.workers = max(1, workers)
    }

    /// Asks the cases of one fold; `done` is told how many have been answered, from any thread.
    public func measure(
        _ model: FittedModel,
        on fold: Fold,
        statistics: ItemStatistics?,
        done: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> FoldResult {
        let chunkSize = 16
        let chunks = (fold.cases.count + chunkSize - 1) / chunkSize
        let next = Atomic<Int>(0)
        let answered = Atomic<Int>(0)
        let hasFailed = Atomic<Bool>(false)
        let found = Mutex<[Int: Result<[CaseResult], any Error>]>([:])
        DispatchQueue.concurrentPerform(iterations: min(workers, max(1, chunks))) { _ in
            var sums = [Double](repeating: 0, count: statistics == nil ? 0 : fold.training.visits.count)
            while true {
                let chunk = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard chunk < chunks, !hasFailed.load(ordering: .relaxed) else { return }
                let cases = fold.cases[chunk * chunkSize..<min(fold.cases.count, (chunk + 1) * chunkSize)]
                let results = Result { try cases.map { try self.result(of: $0, model, statistics, &sums) } }
                if results.failure != nil { hasFailed.store(true, ordering: .relaxed) }
                found.withLock { $0[chunk] = results }
                done(answered.wrappingAdd(cases.count, ordering: .relaxed).newValue)
            }
        }
        let results = found.withLock { $0 }
        if let failure = results.sorted(by: { $0.key < $1.key }).compactMap({ $0.value.failure }).first {
            throw failure
        }
        let ordered = try (0..<chunks).flatMap { try results[$0]?.get() ?? [] }
        return FoldResult(metrics: metrics, cases: ordered)
    }

    /// What is measured, in order.
    public var metrics: [MetricName] {
        let measures = isComplete ? Measure.allCases : Measure.accuracy
        let lists = cutoffs.flatMap { cutoff in measures.map { MetricName($0, at: cutoff) } }
        return isComplete ? lists + [.auc] : lists
    }

    private func result(
        of question: EvaluationCase,
        _ model: FittedModel,
        _ statistics: ItemStatistics?,
        _ sums: inout [Double]
    ) throws -> CaseResult {
        let answer = try model.answer(question, limit: cutoffs.last ?? 10, withScores: isComplete)
        let list = ListMetrics(
            list: answer.list,
            wanted: question.wanted,
            wantedCount: question.wantedCount,
            next: question.next
        )
        let values = metrics.map { name -> Double? in
            let items = answer.list.prefix(name.cutoff)
            switch name.measure {
            case nil:
                return AreaUnderCurve.value(
                    scores: answer.scores,
                    wanted: question.wanted,
                    excluded: question.excluded
                )
            case .diversity: return statistics?.diversity(of: items, sums: &sums)
            case .novelty: return statistics?.novelty(of: items)
            case .popularity: return statistics?.meanPopularity(of: items)
            case .newRecall: return statistics?.newRecall(of: items, wanted: question.wanted)
            case .some(let measure): return list.value(of: measure, at: name.cutoff)
            }
        }
        return CaseResult(
            id: question.id,
            source: question.source,
            values: values,
            list: isComplete ? answer.list : []
        )
    }
}

/// What was measured about one case.
public struct CaseResult: Hashable, Sendable {
    /// The case's id.
    public var id: String
    /// The index of the user or session that it belongs to.
    public var source: Int
    /// One value per metric; `nil` where it is not defined.
    public var values: [Double?]
    /// The list, best first.
    public var list: [Int]
}

/// What was measured about the cases of a fold, in their order.
public struct FoldResult: Hashable, Sendable {
    /// What was measured.
    public var metrics: [MetricName]
    /// The cases.
    public var cases: [CaseResult]

    /// The mean of a metric over the cases that have it.
    public func mean(of metric: MetricName) -> Double {
        guard let index = metrics.firstIndex(of: metric) else { return 0 }
        let values = cases.compactMap { $0.values[index] }
        return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
