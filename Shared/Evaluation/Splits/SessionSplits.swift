import Recommenders

extension Split {
    func sessionFolds(of data: Dataset) throws(DataError) -> [Fold] {
        let sessions = data.bySource()
        switch method {
        case .temporal, .timeCut:
            guard data.hasTimes else {
                throw DataError("the sessions have no times; use --split random or k-fold, or give --train and --test")
            }
            let order = sessions.indices.filter { !sessions[$0].isEmpty }
                .sorted { (sessions[$0].last?.seconds ?? 0, $0) < (sessions[$1].last?.seconds ?? 0, $1) }
            return [sessionFold(of: data, test: Set(order.suffix(Int(Double(order.count) * fraction))))]
        case .random:
            let order = shuffled(sessions)
            return [sessionFold(of: data, test: Set(order.prefix(Int(Double(order.count) * fraction))))]
        case .kFold:
            let order = shuffled(sessions)
            guard folds >= 2, folds <= order.count else {
                throw DataError("--folds \(folds) needs to be at least 2 and at most the \(order.count) sessions")
            }
            return (0..<folds).map { fold in
                sessionFold(of: data, test: Set(order.enumerated().filter { $0.offset % folds == fold }.map(\.element)))
            }
        case .leaveOneOut:
            throw DataError(
                "--split leave-one-out hides an item per user and does not fit sessions; use --split temporal, random or k-fold"
            )
        }
    }

    private func sessionFold(of data: Dataset, test: Set<Int>) -> Fold {
        sessionFold(
            training: data.with(data.entries.filter { !test.contains($0.source) }),
            test: data.with(data.entries.filter { test.contains($0.source) })
        )
    }

    /// A case for every prefix of every test session of two clicks or more.
    func sessionFold(training: Dataset, test: Dataset) -> Fold {
        let itemCount = training.itemIDs.count
        let visits = training.bySource().map { clicks in
            clicks.filter(training.isPositive).map { Visit(item: $0.item, seconds: $0.seconds) }
        }
        var cases: [EvaluationCase] = []
        for (session, clicks) in test.bySource().enumerated() {
            let clicks = clicks.filter(test.isPositive).map { Visit(item: $0.item, seconds: $0.seconds) }
            cases.append(contentsOf: prefixes(of: clicks, source: session, id: test.sourceIDs[session]))
        }
        return Fold(
            training: TrainingData(visits: visits, itemCount: itemCount, contents: training.contents),
            cases: cases,
            trainingEntries: training
        )
    }

    func prefixes(of clicks: [Visit], source: Int, id: String) -> [EvaluationCase] {
        guard clicks.count > 1 else { return [] }
        return (1..<clicks.count).map { length in
            let current = clicks[length - 1].item
            var excluded = ItemSet()
            if includesSeen == false { for click in clicks[..<length] { excluded.insert(click.item) } }
            if includesCurrent { excluded.remove(current) } else { excluded.insert(current) }
            var seen: Set<Int> = []
            return EvaluationCase(
                source: source,
                id: "\(id)#\(length)",
                isInTraining: false,
                history: Array(clicks[..<length]),
                excluded: excluded,
                wanted: clicks[length...].map(\.item).filter { seen.insert($0).inserted },
                wantedCount: clicks.count - length,
                next: clicks[length].item
            )
        }
    }
}
