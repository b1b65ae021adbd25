import Recommenders

/// Questions about what a model learned from: users are asked for their own training items, sessions for their next clicks.
///
/// At most 300 sources, drawn with a seed. How much better a model does here than on what it has not seen tells how much it
/// learned by heart.
struct TrainingSample {
    let fold: Fold

    init(_ fold: Fold, split: Split, seed: UInt64, limit: Int = 300) {
        var random = RandomSource(seed: seed)
        let known = fold.training.visits.indices.filter { !fold.training.visits[$0].isEmpty }
        let sample = known.shuffled(using: &random).prefix(limit).sorted()
        let isSession = fold.trainingEntries.kind == .sessions
        var asked = fold
        asked.cases = sample.flatMap { source -> [EvaluationCase] in
            let visits = fold.training.visits[source]
            if isSession { return split.prefixes(of: visits, source: source, id: "") }
            let items = visits.map(\.item)
            return [
                EvaluationCase(
                    source: source,
                    id: "",
                    isInTraining: true,
                    history: visits,
                    excluded: ItemSet(),
                    wanted: items,
                    wantedCount: items.count,
                    next: nil
                )
            ]
        }
        self.fold = asked
    }
}
