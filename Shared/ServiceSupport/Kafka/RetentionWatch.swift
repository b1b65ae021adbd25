public import Kafka
public import Logging
import NIOConcurrencyHelpers
public import Stores

/// Makes messages that were deleted before they were read known until an operator acknowledges them: rule 8.
///
/// The count stands in Redis, so a restart does not hide it, and `freshet topics acknowledge-loss` takes it away.
public final class RetentionWatch: Sendable {
    private let store: LossStore
    private let logger: Logger
    private let known = NIOLockedValueBox<[String: Int64]>([:])

    /// Creates the watch of a group.
    public init(store: LossStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Messages lost and not acknowledged, by the name of the partition, as last read.
    public var losses: [String: Int64] { known.withLockedValue { $0 } }

    /// Moves what `group` finds lost to Redis and reads what is not acknowledged, every second until cancelled.
    public func run(_ group: KafkaConsumerGroup) async {
        while !Task.isCancelled {
            await look(group)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func look(_ group: KafkaConsumerGroup) async {
        let found = group.state.retentionLost
        do {
            if !found.isEmpty {
                for (partition, count) in found {
                    logger.critical(
                        "messages were deleted before they were read",
                        metadata: ["kafka.partition": "\(partition)", "count": "\(count)"]
                    )
                }
                try await store.add(Dictionary(uniqueKeysWithValues: found.map { ("\($0.key)", $0.value) }))
                group.acknowledgeRetentionLoss(found)
            }
            let losses = try await store.losses()
            known.withLockedValue { $0 = losses }
        } catch {
            // What is found stays with the group, which is unready as long; Redis being away is told elsewhere.
        }
    }
}
