import Events

/// Sends events in time order over several connections; each user's events stay in order.
///
/// A round is the next stretch of events, shared out by user; the next round waits for all of it. So no connection runs
/// ahead, and the count of finished rounds says where to go on.
struct EventReplay: Sendable {
    let data: any Dataset
    let collector: CollectorClient
    let batch: Int
    let connections: Int
    let pace: Pace
    let count: Int

    /// Sends from `start` on; `save` is called after each round.
    func run(from start: ResumePoint, save: (ResumePoint) throws -> Void) async throws -> CollectorClient.Outcome {
        var point = start
        var total = CollectorClient.Outcome()
        var progress = ReplayProgress(total: count, from: point.sent)
        let began = ContinuousClock.now
        let first = point.sent < data.eventCount ? data.time(at: point.sent) : Timestamp(milliseconds: 0)
        while point.sent < count {
            let end = await waitForRound(from: point.sent, since: began, first: first, start: start.sent)
            let outcome = try await sendRound(point.sent..<end, shift: point.shift)
            total.accepted += outcome.accepted
            total.rejected += outcome.rejected
            point.sent = end
            try save(point)
            progress.show(end, isLast: end == count)
        }
        return total
    }

    /// Waits until the next event is due and returns the end of what is due by then.
    private func waitForRound(
        from index: Int,
        since began: ContinuousClock.Instant,
        first: Timestamp,
        start: Int
    ) async -> Int {
        func due(_ index: Int) -> ContinuousClock.Instant {
            let elapsed = data.time(at: index).milliseconds - first.milliseconds
            return began + pace.delay(count: index - start, elapsed: elapsed)
        }
        let end = min(count, index + pace.chunk(batch * connections))
        try? await Task.sleep(until: due(index), clock: .continuous)
        guard pace.speed != nil else { return end }
        let now = ContinuousClock.now
        return (index + 1..<max(index + 1, end)).first { due($0) > now } ?? end
    }

    private func sendRound(_ range: Range<Int>, shift: Int64) async throws -> CollectorClient.Outcome {
        var shares = [[ReplayEvent]](repeating: [], count: connections)
        for index in range {
            let event = data.event(at: index, movedBy: shift)
            shares[Int(Murmur2.hash(event.user.utf8) % UInt32(connections))].append(event)
        }
        return try await withThrowingTaskGroup { group in
            for share in shares where !share.isEmpty {
                group.addTask {
                    var outcome = CollectorClient.Outcome()
                    for start in stride(from: 0, to: share.count, by: batch) {
                        let part = try await collector.send(Array(share[start..<min(start + batch, share.count)]))
                        outcome.accepted += part.accepted
                        outcome.rejected += part.rejected
                    }
                    return outcome
                }
            }
            return try await group.reduce(into: CollectorClient.Outcome()) {
                $0.accepted += $1.accepted
                $0.rejected += $1.rejected
            }
        }
    }
}
