import Recommenders

extension Split {
    func historyFolds(of data: Dataset) throws(DataError) -> [Fold] {
        if !data.hasTimes, method == .temporal || method == .timeCut || method == .leaveOneOut {
            throw DataError(
                "the data have no times, which --split \(method.rawValue) needs; use --split random or k-fold, "
                    + "or give --train and --test"
            )
        }
        let users = data.bySource()
        switch method {
        case .temporal:
            return [division(of: data, users) { Array($0.suffix(Int(Double($0.count) * fraction))) }]
        case .leaveOneOut:
            return [division(of: data, users) { $0.count > 1 ? [$0[$0.count - 1]] : [] }]
        case .random:
            return [division(of: data, users) { randomShare(of: $0) }]
        case .timeCut: return [timeCut(of: data, users)]
        case .kFold: return try kFolds(of: data, users)
        }
    }

    /// Hides what `hidden` picks from each user's positives.
    private func division(
        of data: Dataset,
        _ users: [[Dataset.Entry]],
        hidden: ([Dataset.Entry]) -> [Dataset.Entry]
    ) -> Fold {
        let hidden = users.map { hidden($0.filter(data.isPositive)) }
        let kept = zip(users, hidden).flatMap { entries, hidden in
            let items = Set(hidden.map(\.item))
            return entries.filter { !items.contains($0.item) }
        }
        return historyFold(training: data.with(kept), hidden: hidden)
    }

    private func timeCut(of data: Dataset, _ users: [[Dataset.Entry]]) -> Fold {
        let times = data.entries.filter(data.isPositive).map(\.seconds).sorted()
        let cut = times.isEmpty ? 0 : times[min(times.count - 1, Int(Double(times.count) * (1 - fraction)))]
        let kept = data.with(data.entries.filter { $0.seconds < cut })
        let known = Set(kept.entries.filter(data.isPositive).map(\.source))
        let hidden = users.enumerated().map { user, entries in
            known.contains(user) ? entries.filter { $0.seconds >= cut && data.isPositive($0) } : []
        }
        return historyFold(training: kept, hidden: hidden)
    }

    /// Of the users of a group the last share is asked for (a random one without times), the rest is their history.
    private func kFolds(of data: Dataset, _ users: [[Dataset.Entry]]) throws(DataError) -> [Fold] {
        let order = shuffled(users)
        guard folds >= 2, folds <= order.count else {
            throw DataError("--folds \(folds) needs to be at least 2 and at most the \(order.count) users")
        }
        return (0..<folds).map { fold in
            let group = Set(order.enumerated().filter { $0.offset % folds == fold }.map(\.element))
            let others = data.with(data.entries.filter { !group.contains($0.source) })
            let division = division(of: data, users) { positives in
                guard let user = positives.first?.source, group.contains(user) else { return [] }
                return data.hasTimes
                    ? Array(positives.suffix(Int(Double(positives.count) * fraction))) : randomShare(of: positives)
            }
            var result = historyFold(training: others, hidden: [])
            result.cases = division.cases.map { known in
                var unknown = known
                unknown.isInTraining = false
                return unknown
            }
            return result
        }
    }

    /// The users or sessions that have anything, in a random order.
    ///
    /// Those that another division hid have nothing: a group of them alone could not be asked anything.
    func shuffled(_ sources: [[Dataset.Entry]]) -> [Int] {
        var random = RandomSource(seed: seed)
        return sources.indices.filter { !sources[$0].isEmpty }.shuffled(using: &random)
    }

    /// The same share whatever other users do.
    private func randomShare(of positives: [Dataset.Entry]) -> [Dataset.Entry] {
        guard let user = positives.first?.source else { return [] }
        var random = RandomSource(seed: seed &+ UInt64(user) &* 0x9E37_79B9)
        return Array(positives.shuffled(using: &random).prefix(Int(Double(positives.count) * fraction)))
    }

    /// A case for every user with something hidden; what the user knows is left out of the list, positive or not.
    func historyFold(training: Dataset, hidden: [[Dataset.Entry]]) -> Fold {
        let users = training.bySource()
        let visits = users.map { entries in
            entries.filter(training.isPositive).map { Visit(item: $0.item, seconds: $0.seconds) }
        }
        let cases = hidden.enumerated().filter { !$0.element.isEmpty }.map { user, hidden in
            EvaluationCase(
                source: user,
                id: training.sourceIDs[user],
                isInTraining: known == nil,
                history: known.map { Array(visits[user].suffix($0)) } ?? visits[user],
                excluded: includesSeen == true ? ItemSet() : ItemSet(users[user].map(\.item)),
                wanted: hidden.map(\.item),
                wantedCount: hidden.count,
                next: nil
            )
        }
        return Fold(
            training: TrainingData(visits: visits, itemCount: training.itemIDs.count, contents: training.contents),
            cases: cases,
            trainingEntries: training
        )
    }
}
