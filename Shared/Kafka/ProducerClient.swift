import CRDKafka
import Logging
import NIOConcurrencyHelpers
import Threading

/// One life of a producer: an `rd_kafka_t` and the thread that polls it, until it is closed or fails for good.
///
/// Every message that was accepted is reported, whatever happens: at the end what is left is purged and reported so.
final class ProducerClient: Sendable {
    private struct State {
        var isOpen = true
        /// Callers between the check of `isOpen` and the end of their enqueuing.
        var enqueuing = 0
        var spaceWaiters: [CheckedContinuation<Void, Never>] = []
        var closeBy: ContinuousClock.Instant?
        var closeWaiters: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
    }

    let handle: KafkaHandle
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(properties: [String: String], logger: Logger) throws(KafkaError) {
        handle = try KafkaHandle(RD_KAFKA_PRODUCER, properties: properties, logger: logger, deliveryReports: reported)
        self.logger = logger
        DedicatedThread.start { self.pollUntilClosed() }
    }

    var isOpen: Bool { state.withLockedValue { $0.isOpen } }

    var queueDepth: Int { Int(rd_kafka_outq_len(handle.pointer)) }

    /// Runs `body`, which enqueues; `false` when the client takes nothing any more.
    func whileOpen(_ body: () -> Void) -> Bool {
        let isOpen = state.withLockedValue { state in
            if state.isOpen { state.enqueuing += 1 }
            return state.isOpen
        }
        guard isOpen else { return false }
        body()
        state.withLockedValue { $0.enqueuing -= 1 }
        return true
    }

    /// Waits until the queue has shrunk, or the client has closed.
    func spaceInQueue() async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                if state.isOpen { state.spaceWaiters.append(continuation) }
                return state.isOpen
            }
            if !isWaiting { continuation.resume() }
        }
    }

    /// Delivers what is queued, at most until `deadline`, and ends.
    func close(by deadline: ContinuousClock.Instant) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                guard !state.hasEnded else { return false }
                state.isOpen = false
                state.closeBy = deadline
                state.closeWaiters.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    /// Hands one message to librdkafka, which copies it.
    func enqueue(_ message: borrowing KafkaOutgoingMessage, opaque: UnsafeMutableRawPointer?) -> KafkaError? {
        var headers: OpaquePointer?
        if !message.headers.isEmpty {
            headers = rd_kafka_headers_new(message.headers.count)
            for header in message.headers {
                header.value.withUnsafeBytes { value in
                    _ = rd_kafka_header_add(headers, header.name, -1, value.baseAddress, value.count)
                }
            }
        }
        let failure = produce(message, headers: headers, opaque: opaque)
        guard let failure else { return nil }
        defer { rd_kafka_error_destroy(failure) }
        let code = rd_kafka_error_code(failure)
        // Until 2.12 librdkafka has freed the headers itself when the partition is unknown; leaking is the safe side.
        if let headers, code != RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, code != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION {
            rd_kafka_headers_destroy(headers)
        }
        return KafkaError(code)
    }

    private func produce(
        _ message: borrowing KafkaOutgoingMessage,
        headers: OpaquePointer?,
        opaque: UnsafeMutableRawPointer?
    ) -> OpaquePointer? {
        withOptionalBytes(message.value) { value in
            withOptionalBytes(message.key) { key in
                message.topic.withCString { topic in
                    withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 6) { fields in
                        fields.initialize(repeating: rd_kafka_vu_t())
                        fields[0].vtype = RD_KAFKA_VTYPE_TOPIC
                        fields[0].u.cstr = topic
                        fields[1].vtype = RD_KAFKA_VTYPE_VALUE
                        fields[1].u.mem.ptr = UnsafeMutableRawPointer(mutating: value?.baseAddress)
                        fields[1].u.mem.size = value?.count ?? 0
                        fields[2].vtype = RD_KAFKA_VTYPE_KEY
                        fields[2].u.mem.ptr = UnsafeMutableRawPointer(mutating: key?.baseAddress)
                        fields[2].u.mem.size = key?.count ?? 0
                        fields[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS
                        fields[3].u.i = RD_KAFKA_MSG_F_COPY
                        fields[4].vtype = RD_KAFKA_VTYPE_OPAQUE
                        fields[4].u.ptr = opaque
                        fields[5].vtype = RD_KAFKA_VTYPE_HEADERS
                        fields[5].u.headers = headers
                        return rd_kafka_produceva(handle.pointer, fields.baseAddress, headers == nil ? 5 : 6)
                    }
                }
            }
        }
    }

    private func pollUntilClosed() {
        while isOpen {
            rd_kafka_poll(handle.pointer, 100)
            if let reason = handle.context.fatalError {
                logger.error("kafka producer failed for good", metadata: ["error": "\(reason)"])
                state.withLockedValue { $0.isOpen = false }
            }
            wakeSpaceWaiters()
        }
        wakeSpaceWaiters()
        while state.withLockedValue({ $0.enqueuing }) > 0 { rd_kafka_poll(handle.pointer, 1) }
        if handle.context.fatalError == nil, let deadline = state.withLockedValue({ $0.closeBy }) {
            let left = ContinuousClock.now.duration(to: deadline).milliseconds
            rd_kafka_flush(handle.pointer, Int32(clamping: max(0, left)))
        }
        while rd_kafka_outq_len(handle.pointer) > 0 {
            rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_poll(handle.pointer, 100)
        }
        let waiters = state.withLockedValue { state in
            state.hasEnded = true
            defer { state.closeWaiters = [] }
            return state.closeWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func wakeSpaceWaiters() {
        let waiters = state.withLockedValue { state in
            defer { state.spaceWaiters = [] }
            return state.spaceWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Bytes for C: an empty array still has an address, so that it stays apart from `nil`.
private func withOptionalBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
    guard let bytes else { return body(nil) }
    guard bytes.isEmpty else { return bytes.withUnsafeBytes { body($0) } }
    return withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
        body(UnsafeRawBufferPointer(start: $0.baseAddress, count: 0))
    }
}

/// Runs on the poll thread; the message's opaque leads to its batch.
private func reported(
    _: OpaquePointer?,
    _ message: UnsafePointer<rd_kafka_message_t>?,
    _: UnsafeMutableRawPointer?
) {
    guard let message = message?.pointee, let opaque = message._private else { return }
    if message.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        DeliveryBatch.resolve(opaque, .success(KafkaDelivery(partition: message.partition, offset: message.offset)))
    } else {
        DeliveryBatch.resolve(opaque, .failure(KafkaError(message.err)))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
