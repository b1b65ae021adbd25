import Dispatch
import Logging
import Threading

/// One connection that is kept open: a queue of requests and the thread that serves it.
///
/// Requests wait while it is down, each until its own deadline. What was sent when a connection broke fails as
/// "outcome unknown"; what was not sent goes over the next one.
final class RedisConnection: Sendable {
    /// What a connection tells while it comes and goes; called on its thread.
    struct Events: Sendable {
        /// A connection is open.
        ///
        /// Answers `false` when its server serves only to find the others.
        var opened: @Sendable (RedisHandshake.Greeting) throws(RedisError) -> Bool
        /// Connecting failed, or the connection broke.
        var failed: @Sendable () -> Void
        /// The thread is done; the last call.
        var ended: @Sendable () -> Void
    }

    private let id: Int
    private let node: RedisAddress?
    private let handshake: RedisHandshake
    private let status: RedisClientStatus
    private let logger: Logger
    private let events: Events
    private let queue: RedisRequestQueue

    /// Starts the thread, which connects to `node` of a cluster, or to what the handshake's address names.
    init(
        id: Int,
        node: RedisAddress?,
        handshake: RedisHandshake,
        status: RedisClientStatus,
        logger: Logger,
        events: Events
    ) {
        self.id = id
        self.node = node
        self.handshake = handshake
        self.status = status
        self.logger = logger
        self.events = events
        queue = RedisRequestQueue(
            maxBytes: handshake.options.maxQueuedBytes,
            maxCommands: handshake.options.maxQueuedCommands
        )
        status.expect(id)
        DedicatedThread.start {
            self.serve()
            events.ended()
        }
    }

    /// Takes `request` in turn, or finishes it with the reason why not.
    func enqueue(_ request: RedisRequest) {
        switch queue.append(request) {
        case nil: break
        case .closed: request.finish(.failure(.clientClosed))
        case .overloaded:
            status.update { $0.overloads += 1 }
            request.finish(.failure(RedisError(code: .overloaded, message: "too many commands are queued")))
        }
    }

    /// Refuses further requests; the thread ends when the queued ones are done.
    func close() {
        queue.close()
    }

    /// Refuses further requests and finishes those that were not sent as `closed`: they go to another node.
    func retire() {
        queue.retire()
        status.forget(id)
    }

    private func serve() {
        var backoff = Backoff(initial: handshake.options.minBackoff, maximum: handshake.options.maxBackoff)
        while !queue.isClosed {
            var hasServed = false
            do {
                let greeting = try handshake.open(node)
                guard try events.opened(greeting) else { continue }
                status.connectionOpened(id)
                logger.info("redis connected", metadata: metadata(error: nil))
                try serve(on: greeting.socket) {
                    hasServed = true
                    backoff.reset()
                }
                break
            } catch {
                if status.connectionFailed(id, error: error) {
                    logger.warning("redis connection failed", metadata: metadata(error: error))
                }
                events.failed()
                // After a connection that has served, the first attempt is made at once.
                if !hasServed { pause(for: backoff.next(), reason: error) }
            }
        }
        status.connectionFailed(id, error: nil)
        for request in queue.takeRest() { request.finish(.failure(.clientClosed)) }
    }

    /// Serves requests until the queue is closed and drained; throws when the connection breaks.
    private func serve(on socket: RedisSocket, served: () -> Void) throws(RedisError) {
        while true {
            switch queue.takeAll(until: DispatchTime.now().uptimeNanoseconds + 1_000_000_000) {
            case .closed:
                return
            case .nothing:
                if socket.isStale { throw Self.closedWhileIdle }
                served()
            case .requests(let requests):
                guard !socket.isStale else {
                    queue.putBack(requests)
                    throw Self.closedWhileIdle
                }
                let now = DispatchTime.now().uptimeNanoseconds
                let late = requests.filter { $0.deadline <= now }
                fail(late, with: RedisError(code: .timedOut, message: "the deadline passed before it was sent"))
                let batch = RedisRoundTrip(late.isEmpty ? requests : requests.filter { $0.deadline > now })
                try run(batch, on: socket)
                served()
            }
        }
    }

    private func run(_ batch: RedisRoundTrip, on socket: RedisSocket) throws(RedisError) {
        defer {
            status.update { state in
                state.roundTrips += 1
                state.scriptReloads += batch.scriptReloads
            }
        }
        do throws(RedisError) {
            try batch.run(on: socket) { request, replies in finish(request, with: .success(replies)) }
            // A master that became a replica keeps its connections: the next one finds the new master.
            if batch.wasReadOnly { throw RedisError(code: .connectionLost, message: "the server is a replica now") }
        } catch {
            // The first unanswered request is the one the error is about; the others only shared its connection.
            fail(Array(batch.unanswered.prefix(1)), with: error)
            fail(
                Array(batch.unanswered.dropFirst()),
                with: RedisError(code: .connectionLost, message: "lost with another command: \(error.description)")
            )
            throw error
        }
    }

    private func pause(for duration: Duration, reason: RedisError) {
        let end = DispatchTime.now().uptimeNanoseconds + duration.nanoseconds
        while !queue.isClosed {
            let now = DispatchTime.now().uptimeNanoseconds
            fail(queue.takeExpired(at: now), with: reason)
            if now >= end { return }
            queue.pause(until: end)
        }
    }

    private func fail(_ requests: [RedisRequest], with error: RedisError) {
        for request in requests { finish(request, with: .failure(error)) }
    }

    private func finish(_ request: RedisRequest, with result: Result<[RedisValue], RedisError>) {
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - request.started) / 1e9
        status.update { state in
            switch result {
            case .success: state.commands += request.pipeline.count
            case .failure: state.failures += 1
            }
            state.latency.record(seconds: seconds)
        }
        queue.release(request)
        request.finish(result)
    }

    private func metadata(error: RedisError?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["redis.url": "\(handshake.url)", "redis.connection": "\(id)"]
        if let node { metadata["redis.node"] = "\(node)" }
        if let error { metadata["error"] = "\(error)" }
        return metadata
    }

    private static let closedWhileIdle = RedisError(code: .connectionLost, message: "Redis closed the connection")
}
