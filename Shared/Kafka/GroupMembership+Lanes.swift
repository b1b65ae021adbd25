import CRDKafka
import Dispatch
import Logging
import NIOConcurrencyHelpers
import Threading

extension GroupMembership {
    /// Messages on their way through a worker.
    private struct Work {
        var batch: [KafkaMessage]
        var epoch: Int
    }

    /// Feeds one worker until the generation ends.
    func runLane(_ partition: Int32, generation: Int, worker: any KafkaPartitionWorker) async {
        while let work = await nextWork(partition, generation) {
            var backoff = Backoff(maximum: options.maxBackOff)
            repeat {
                do {
                    try await worker.process(work.batch)
                    finish(work, partition, generation)
                    break
                } catch let refused as KafkaConsumptionRefused {
                    giveBack(partition, generation, failure: refused.reason)
                    fail(refused)
                    break
                } catch {
                    giveBack(partition, generation, failure: "\(error)")
                    if backoff.failures == 0 {
                        logger.warning(
                            "a batch failed and is tried again",
                            metadata: ["kafka.partition": "\(partition)", "error": "\(error)"]
                        )
                    }
                    await backoff.pause()
                }
            } while takeAgain(work, partition, generation)
        }
        await worker.stop()
    }

    private func nextWork(_ partition: Int32, _ generation: Int) async -> Work? {
        while true {
            var canResume = false
            let taken: Work?? = state.withLockedValue { state in
                guard state.generation == generation, !state.isStopping,
                    var lane = state.lanes.removeValue(forKey: partition)
                else { return .some(nil) }
                defer { state.lanes[partition] = lane }
                let batch = lane.takeBatch(state.limits, now: .now)
                guard !batch.isEmpty else { return nil }
                lane.isBusy = true
                lane.isHolding = true
                for index in lane.sources.indices
                where lane.sources[index].isPaused && lane.isHalfEmpty(index, state.limits) {
                    state.toResume.insert(lane.sources[index].name)
                    canResume = true
                }
                return .some(Work(batch: batch, epoch: lane.epoch))
            }
            if canResume { post(.resume) }
            if let taken { return taken }
            await somethingNew(partition, generation)
        }
    }

    private func somethingNew(_ partition: Int32, _ generation: Int) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                guard state.generation == generation, !state.isStopping, var lane = state.lanes[partition],
                    !lane.hasNews
                else { return false }
                lane.waiter = continuation
                state.lanes[partition] = lane
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    private func finish(_ work: Work, _ partition: Int32, _ generation: Int) {
        let isAwaited = state.withLockedValue { state in
            guard state.generation == generation, state.lanes[partition] != nil else { return false }
            state.lanes[partition]?.isBusy = false
            state.lanes[partition]?.isHolding = false
            state.lanes[partition]?.failure = nil
            if state.lanes[partition]?.epoch == work.epoch { state.lanes[partition]?.finish(work.batch) }
            return state.isStopping
        }
        if isAwaited { laneFreed.signal() }
    }

    private func giveBack(_ partition: Int32, _ generation: Int, failure: String) {
        let isAwaited = state.withLockedValue { state in
            guard state.generation == generation, state.lanes[partition] != nil else { return false }
            state.lanes[partition]?.isBusy = false
            state.lanes[partition]?.failure = failure
            return state.isStopping
        }
        if isAwaited { laneFreed.signal() }
    }

    private func takeAgain(_ work: Work, _ partition: Int32, _ generation: Int) -> Bool {
        state.withLockedValue { state in
            guard state.generation == generation, state.lanes[partition] != nil else { return false }
            guard !state.isStopping, state.lanes[partition]?.epoch == work.epoch else {
                state.lanes[partition]?.isHolding = false
                return false
            }
            state.lanes[partition]?.isBusy = true
            return true
        }
    }
}
