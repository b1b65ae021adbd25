import CRDKafka
import Logging
import NIOConcurrencyHelpers
import Threading

extension GroupMembership {
    /// Serves one assignment from its announcement to its end.
    func serve(_ generation: Int) async {
        let (partitions, membership) = state.withLockedValue { state in
            state.generation == generation ? (state.assigned, state.membership) : ([], nil)
        }
        guard !partitions.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            group.addTask {
                guard let workers = await self.prepare(partitions, generation, membership) else { return }
                self.post(.assign(generation: generation))
                await withDiscardingTaskGroup { lanes in
                    for (partition, worker) in workers {
                        lanes.addTask { await self.runLane(partition, generation: generation, worker: worker) }
                    }
                }
            }
            await end(of: generation)
            group.cancelAll()
        }
    }

    /// Finds the offsets to start from and makes the workers; tries again until the generation is over.
    private func prepare(
        _ partitions: [KafkaTopicPartition],
        _ generation: Int,
        _ membership: KafkaGroupMembership?
    ) async -> [Int32: any KafkaPartitionWorker]? {
        var backoff = Backoff(maximum: options.maxBackOff)
        var workers: [Int32: any KafkaPartitionWorker] = [:]
        while isCurrent(generation) {
            do {
                let committed = try await committedOffsets(of: partitions)
                let overrides = try await options.onAssignment?(committed) ?? [:]
                for partition in Set(partitions.map(\.partition)).sorted() where workers[partition] == nil {
                    workers[partition] = try await makeWorker(partition, membership)
                }
                if ready(committed, overrides, generation) { return workers }
                break
            } catch let refused as KafkaConsumptionRefused {
                fail(refused)
                break
            } catch {
                state.withLockedValue { if $0.generation == generation { $0.preparationFailure = "\(error)" } }
                if backoff.failures == 0 {
                    logger.warning("cannot start on assigned partitions yet", metadata: ["error": "\(error)"])
                }
                await backoff.pause()
            }
        }
        for worker in workers.values { await worker.stop() }
        return nil
    }

    /// Builds the lanes; reading begins when the polling thread has assigned them.
    private func ready(
        _ committed: [KafkaTopicPartition: KafkaCommitted],
        _ overrides: [KafkaTopicPartition: Int64],
        _ generation: Int
    ) -> Bool {
        state.withLockedValue { state in
            guard state.generation == generation, !state.isStopping else { return false }
            state.preparationFailure = nil
            state.limits = PartitionLane.Limits(options, partitions: committed.count)
            state.lanes = [:]
            for (name, found) in committed.sorted(by: { $0.key < $1.key }) {
                let low = found.low ?? 0
                let high = found.high ?? 0
                let wanted = overrides[name] ?? found.offset
                let start = wanted ?? (startsAtEnd ? high : low)
                if let wanted, wanted < low {
                    state.retentionLost[name, default: 0] += low - wanted
                    logger.error(
                        "messages were deleted before they were read",
                        metadata: [
                            "kafka.topic": "\(name.topic)", "kafka.partition": "\(name.partition)",
                            "count": "\(low - wanted)",
                        ]
                    )
                }
                let source = PartitionLane.Source(
                    name: name,
                    position: max(start, low),
                    processed: max(start, low),
                    committed: found.offset,
                    commitSent: found.offset,
                    low: low,
                    high: high
                )
                state.lanes[name.partition, default: PartitionLane(sources: [])].sources.append(source)
            }
            return true
        }
    }

    private func committedOffsets(
        of partitions: [KafkaTopicPartition]
    ) async throws(KafkaError) -> [KafkaTopicPartition: KafkaCommitted] {
        let handle = handle
        let asked: Result<[KafkaTopicPartition: KafkaCommitted], KafkaError> = await DedicatedThread.run {
            handle.committed(partitions, timeout: .seconds(10))
        }
        var committed = try asked.get()
        // One question per partition, eight at a time.
        let found = await withTaskGroup { group in
            for share in partitions.chunked(into: 8) {
                group.addTask {
                    await DedicatedThread.run { share.map { ($0, handle.watermarks(of: $0, timeout: .seconds(5))) } }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for (name, result) in found {
            let watermarks = try result.get()
            committed[name]?.low = watermarks.low
            committed[name]?.high = watermarks.high
        }
        return committed
    }
}

extension PartitionLane.Limits {
    /// The limits of each of `partitions` that share what may wait in memory.
    init(_ options: KafkaConsumerGroup.Options, partitions: Int) {
        self.init(
            batch: max(1, options.maxBatch),
            messages: max(1, options.maxBufferedMessages),
            bytes: max(1, options.maxBufferedBytes / max(1, partitions)),
            leadMilliseconds: options.maxTimeLead.milliseconds,
            siblingWait: options.maxSiblingWait
        )
    }
}

extension Array {
    /// At most `count` parts of about the same size.
    func chunked(into count: Int) -> [[Element]] {
        let size = Swift.max(1, (self.count + count - 1) / count)
        return stride(from: 0, to: self.count, by: size).map { Array(self[$0..<Swift.min($0 + size, self.count)]) }
    }
}
