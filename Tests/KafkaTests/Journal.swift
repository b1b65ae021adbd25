import Kafka
import NIOConcurrencyHelpers

/// A worker that remembers what it was given.
final class Journal: KafkaPartitionWorker {
    struct TemporaryFailure: Error {}

    private struct State {
        var messages: [KafkaMessage] = []
        var failuresLeft: Int
        var failedBatches: [[Int64]] = []
        var repeatedBatches = 0
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let delay: Duration
    private let state: NIOLockedValueBox<State>

    init(failing failures: Int = 0, delay: Duration = .zero) {
        self.delay = delay
        state = NIOLockedValueBox(State(failuresLeft: failures))
    }

    func process(_ batch: [KafkaMessage]) async throws {
        if delay > .zero { try await Task.sleep(for: delay) }
        let (fails, waiter) = state.withLockedValue { state -> (Bool, CheckedContinuation<Void, Never>?) in
            if state.failuresLeft > 0 {
                state.failuresLeft -= 1
                state.failedBatches.append(batch.map(\.offset))
                return (true, nil)
            }
            if state.failedBatches.contains(batch.map(\.offset)) { state.repeatedBatches += 1 }
            state.messages += batch
            guard let waiter = state.waiter, state.messages.count >= waiter.count else { return (false, nil) }
            state.waiter = nil
            return (false, waiter.continuation)
        }
        waiter?.resume()
        if fails { throw TemporaryFailure() }
    }

    func stop() async {}

    /// Waits until so many messages are in; one caller.
    func reached(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                guard state.messages.count < count else { return false }
                state.waiter = (count, continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    private struct Place: Hashable {
        var name: KafkaTopicPartition
        var offset: Int64
    }

    private var places: Set<Place> {
        state.withLockedValue { Set($0.messages.map { Place(name: $0.topicPartition, offset: $0.offset) }) }
    }

    /// Different messages so far.
    var count: Int { places.count }
    /// Messages so far, repetitions included.
    var total: Int { state.withLockedValue { $0.messages.count } }
    var offsets: [Int64] { state.withLockedValue { $0.messages.map(\.offset) } }
    var failedThenRepeated: Bool { state.withLockedValue { $0.repeatedBatches > 0 && $0.failuresLeft == 0 } }

    /// Whether each topic partition came in ascending order.
    var isOrdered: Bool {
        state.withLockedValue { state in
            var last: [KafkaTopicPartition: Int64] = [:]
            return state.messages.allSatisfy { message in
                defer { last[message.topicPartition] = message.offset }
                return message.offset > last[message.topicPartition] ?? -1
            }
        }
    }

    /// Whether a key kept its partition number in all topics.
    var partitionsAreConsistent: Bool {
        state.withLockedValue { state in
            var partition: [[UInt8]: Int32] = [:]
            return state.messages.allSatisfy { message in
                let key = message.key ?? []
                defer { partition[key] = message.partition }
                return partition[key] ?? message.partition == message.partition
            }
        }
    }

    /// The different messages of two members.
    func union(_ other: Journal) -> Set<String> {
        Set(places.union(other.places).map { "\($0.name)@\($0.offset)" })
    }
}
