import CRDKafka
import NIOConcurrencyHelpers

/// The delivery reports of messages that were sent together; completes once when all are in.
///
/// `@unchecked Sendable`: the tickets are written before the first message is handed to librdkafka and never after; all
/// else is behind the lock. The batch holds itself until its last report, so a ticket's pointer is always valid.
final class DeliveryBatch: @unchecked Sendable {
    /// What a message carries as its opaque: the batch and the message's place in it.
    private struct Ticket {
        var batch: Unmanaged<DeliveryBatch>
        var index: Int
    }

    private struct State {
        var results: [Result<KafkaDelivery, KafkaError>?]
        var open: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let tickets: UnsafeMutablePointer<Ticket>
    private let state: NIOLockedValueBox<State>
    private let onReport: (@Sendable (Int, Result<KafkaDelivery, KafkaError>) -> Void)?

    /// `onReport` hears each delivery report on the thread that polls; not what is resolved by hand.
    init(count: Int, onReport: (@Sendable (Int, Result<KafkaDelivery, KafkaError>) -> Void)? = nil) {
        precondition(count > 0)
        self.onReport = onReport
        tickets = .allocate(capacity: count)
        state = NIOLockedValueBox(State(results: Array(repeating: nil, count: count), open: count))
        let batch = Unmanaged.passRetained(self)
        for index in 0..<count { (tickets + index).initialize(to: Ticket(batch: batch, index: index)) }
    }

    deinit {
        tickets.deallocate()
    }

    func opaque(at index: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(tickets + index) }

    /// Settles the message whose opaque this is.
    static func resolve(_ opaque: UnsafeMutableRawPointer, _ result: Result<KafkaDelivery, KafkaError>) {
        let ticket = opaque.assumingMemoryBound(to: Ticket.self).pointee
        let batch = ticket.batch.takeUnretainedValue()
        batch.onReport?(ticket.index, result)
        batch.resolve(ticket.index, result)
    }

    func resolve(_ index: Int, _ result: Result<KafkaDelivery, KafkaError>) {
        let (isComplete, waiter) = state.withLockedValue { state in
            precondition(state.results[index] == nil, "a message is reported once")
            state.results[index] = result
            state.open -= 1
            guard state.open == 0 else { return (false, CheckedContinuation<Void, Never>?.none) }
            defer { state.waiter = nil }
            return (true, state.waiter)
        }
        guard isComplete else { return }
        waiter?.resume()
        Unmanaged.passUnretained(self).release()
    }

    /// Waits for the last report; one caller.
    func results() async -> [Result<KafkaDelivery, KafkaError>] {
        await withCheckedContinuation { continuation in
            let isComplete = state.withLockedValue { state in
                if state.open > 0 { state.waiter = continuation }
                return state.open == 0
            }
            if isComplete { continuation.resume() }
        }
        return state.withLockedValue { $0.results.compactMap { $0 } }
    }
}
