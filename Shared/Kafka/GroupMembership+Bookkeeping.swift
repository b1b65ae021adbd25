import NIOConcurrencyHelpers

extension GroupMembership {
    /// What is finished and not committed yet, with the text that goes with it.
    func takeCommits() -> [CommitQueue.Commit] {
        var commits = state.withLockedValue { state in
            var commits: [CommitQueue.Commit] = []
            for partition in state.lanes.keys {
                guard var lane = state.lanes[partition] else { continue }
                for index in lane.sources.indices where lane.sources[index].processed != lane.sources[index].commitSent
                {
                    lane.sources[index].commitSent = lane.sources[index].processed
                    commits.append(
                        CommitQueue.Commit(name: lane.sources[index].name, offset: lane.sources[index].processed)
                    )
                }
                state.lanes[partition] = lane
            }
            return commits
        }
        if let text = options.commitMetadata {
            for index in commits.indices { commits[index].metadata = text(commits[index].name) }
        }
        return commits
    }
}

extension GroupMembership.State {
    /// Where each partition goes on reading.
    var positions: [KafkaTopicPartition: Int64] {
        var positions: [KafkaTopicPartition: Int64] = [:]
        for source in lanes.values.lazy.flatMap(\.sources) { positions[source.name] = source.position }
        return positions
    }

    mutating func setPaused(_ name: KafkaTopicPartition, _ isPaused: Bool) {
        guard let index = lanes[name.partition]?.index(of: name.topic) else { return }
        lanes[name.partition]?.sources[index].isPaused = isPaused
    }

    mutating func takePaused() -> [KafkaTopicPartition] {
        let paused = lanes.values.flatMap(\.sources).filter(\.isPaused).map(\.name)
        for name in paused { setPaused(name, false) }
        return paused
    }

    mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        lanes.keys.compactMap { lanes[$0]?.takeWaiter() }
    }

    mutating func takeAllWaiters() -> [CheckedContinuation<Void, Never>] {
        for partition in lanes.keys { lanes[partition]?.hasNews = true }
        return takeWaiters()
    }

    mutating func note(_ watermark: (low: Int64, high: Int64), of name: KafkaTopicPartition) {
        guard let index = lanes[name.partition]?.index(of: name.topic), var lane = lanes[name.partition] else { return }
        if watermark.high >= 0 { lane.sources[index].high = max(watermark.high, lane.sources[index].position) }
        if watermark.low >= 0 { lane.sources[index].low = watermark.low }
        let lost = lane.sources[index].low - lane.sources[index].position
        if lost > 0, lane.sources[index].queue.isEmpty {
            retentionLost[name, default: 0] += lost
            lane.sources[index].position = lane.sources[index].low
        }
        lanes[name.partition] = lane
    }

    mutating func note(_ answer: CommitQueue.Answer) {
        commitFailure = answer.error?.description
        for (name, offset, error) in answer.offsets {
            guard let index = lanes[name.partition]?.index(of: name.topic) else { continue }
            if answer.error == nil, error == nil {
                lanes[name.partition]?.sources[index].committed = offset
            } else {
                commitFailure = commitFailure ?? error?.description
                lanes[name.partition]?.sources[index].commitSent = nil
            }
        }
    }
}

extension PartitionLane {
    func index(of topic: String) -> Int? { sources.firstIndex { $0.name.topic == topic } }

    /// Marks a full source as paused; `true` when it was not.
    mutating func pauseIfFull(_ index: Int, _ limits: Limits) -> Bool {
        guard !sources[index].isPaused, isFull(index, limits) else { return false }
        sources[index].isPaused = true
        return true
    }
}
