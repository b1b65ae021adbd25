import Events
import Kafka
import ServiceSupport

/// Serves one partition of `profiles.updated`: coalesces the notices of a batch, and makes each user's list once.
///
/// A notice that arrives meanwhile is in the next batch, so a user who changes while being scored is scored again.
final class ProfileNoticeWorker: KafkaPartitionWorker {
    private let partition: Int32
    private let scoring: UserScoring
    private let activeUsers: ActiveUsers
    private let role: TrainerRole?

    /// `role` is the trainer's part for the partition that carries it.
    init(partition: Int32, scoring: UserScoring, activeUsers: ActiveUsers, role: TrainerRole?) {
        self.partition = partition
        self.scoring = scoring
        self.activeUsers = activeUsers
        self.role = role
        role?.take()
    }

    func process(_ batch: [KafkaMessage]) async throws {
        let users = Self.users(of: batch)
        scoring.metrics.notices.increment(by: batch.count)
        activeUsers.note(users, partition: partition)
        try await scoring.score(users)
    }

    func stop() async {
        role?.release()
        activeUsers.forget(partition: partition)
    }

    /// The users of a batch, each once, in the order of their first notice; a key that is no user's is passed over.
    static func users(of batch: [KafkaMessage]) -> [UserKey] {
        var seen: Set<[UInt8]> = []
        return batch.compactMap { message in
            guard let key = message.key, seen.insert(key).inserted else { return nil }
            guard let user = String(validating: key, as: UTF8.self),
                EventValidator.isIDWellFormed(user, maximumBytes: UserKey.maximumLength)
            else { return nil }
            return UserKey(rawValue: user)
        }
    }
}
