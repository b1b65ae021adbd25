import Kafka
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Sends batches in tasks that outlive the requests they came from.
///
/// A request stops waiting at its deadline, but its records are with the producer already: their memory stays counted
/// until the delivery reports are in, and a graceful stop waits for them.
struct DeliveryQueue: Service {
    typealias Results = [Result<KafkaDelivery, KafkaError>]

    private struct Job: Sendable {
        let records: [KafkaOutgoingMessage]
        let ticket: Ticket
        let whenDone: @Sendable () -> Void
    }

    /// What a request holds while it waits.
    private final class Ticket: Sendable {
        private let results = NIOLockedValueBox<Results?>(nil)
        let signals: AsyncStream<Void>
        private let signal: AsyncStream<Void>.Continuation

        init() {
            (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        func fulfil(_ results: Results) {
            self.results.withLockedValue { $0 = results }
            signal.finish()
        }

        /// The results; `nil` while there are none.
        var current: Results? { results.withLockedValue { $0 } }
    }

    private let producer: KafkaProducer
    private let jobs: AsyncStream<Job>
    private let submit: AsyncStream<Job>.Continuation

    init(producer: KafkaProducer) {
        self.producer = producer
        // Bounded by the budget of bodies.
        (jobs, submit) = AsyncStream.makeStream()
    }

    /// Sends until the graceful shutdown, then waits for what has been submitted, and ends the producer.
    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await job in jobs {
                    group.addTask {
                        job.ticket.fulfil(await producer.send(job.records))
                        job.whenDone()
                    }
                }
                // What Kafka does not take within this time comes back as failed, and the tasks end.
                await producer.close(timeout: Task.isCancelled ? .zero : .seconds(10))
            }
        } onGracefulShutdown: {
            submit.finish()
        }
    }

    /// Sends `records` and waits for all delivery reports, at most until `deadline`; `nil` means that it has passed.
    ///
    /// `whenDone` is called once, when all reports are in, however long that takes.
    func send(
        _ records: [KafkaOutgoingMessage],
        deadline: Duration,
        whenDone: @escaping @Sendable () -> Void
    ) async -> Results? {
        let ticket = Ticket()
        guard case .enqueued = submit.yield(Job(records: records, ticket: ticket, whenDone: whenDone)) else {
            whenDone()
            return nil
        }
        await withTaskGroup { group in
            group.addTask { for await _ in ticket.signals {} }
            group.addTask { try? await Task.sleep(for: deadline) }
            await group.next()
            group.cancelAll()
        }
        return ticket.current
    }
}
