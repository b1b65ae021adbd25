public import Logging
import NIOConcurrencyHelpers

/// A client of one Redis server: many concurrent callers on a few pipelined connections.
///
/// It connects in the background and never blocks its creator. Each connection has a thread; while that waits for
/// replies, further pipelines queue up and leave together in the next write. All commands of a pipeline go over one
/// connection in order, and pipelines that begin with a key of the same hash tag share a connection, so their order is
/// that of the calls.
///
/// Every call ends within `Options.commandTimeout`, plus one connect timeout when Redis is away. After a
/// lost connection or a timeout the outcome of what was sent is unknown (`RedisError.isOutcomeUnknown`); nothing is
/// sent a second time behind the caller's back, except commands that Redis refused because it had forgotten their
/// script. Cancelling a task does not recall its commands.
public final class RedisClient: Sendable {
    let options: Options
    private let routing: any RedisRouting
    private let status: RedisClientStatus
    private let connections: [RedisConnection]
    private let ending: RedisClientEnding

    /// Creates a client and starts connecting; `scripts` are loaded on every new connection.
    public init(
        url: RedisURL,
        options: Options = Options(),
        scripts: [RedisScript] = [],
        logger: Logger = Logger(label: "redis")
    ) {
        let count = max(1, options.connections)
        let (status, ending) = (RedisClientStatus(connectionCount: count), RedisClientEnding(connectionCount: count))
        let handshake = RedisHandshake(url: url, options: options, scripts: scripts)
        self.options = options
        self.status = status
        self.ending = ending
        routing = SingleServerRouting(connectionCount: count)
        connections = (0..<count).map { index in
            RedisConnection(index: index, handshake: handshake, status: status, logger: logger) {
                ending.connectionEnded()
            }
        }
    }

    deinit {
        for connection in connections { connection.close() }
    }

    /// What the client knows about its connections and its work.
    public var state: State { status.snapshot }

    /// Sends `pipeline` and returns one value per command, in order; a command's own error is its value.
    public func execute(_ pipeline: RedisPipeline) async throws(RedisError) -> [RedisValue] {
        guard !pipeline.isEmpty else { return [] }
        let groups = routing.groups(of: pipeline)
        var replies: [RedisValue] = []
        for group in groups {
            let connection = connections[group.connection]
            guard let commands = group.commands else { return try await connection.execute(pipeline) }
            if replies.isEmpty { replies = Array(repeating: .null, count: pipeline.count) }
            let part = try await connection.execute(pipeline.selecting(commands))
            for (index, reply) in zip(commands, part) { replies[index] = reply }
        }
        return replies
    }

    /// Sends one command and returns its reply; throws the error that Redis answers.
    public func command(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await single(RedisPipeline(command))
    }

    /// Runs `script` and returns its reply; throws the error that Redis answers.
    public func evaluate(
        _ script: RedisScript,
        keys: [String],
        arguments: [[UInt8]] = []
    ) async throws(RedisError) -> RedisValue {
        var pipeline = RedisPipeline()
        pipeline.append(script: script, keys: keys, arguments: arguments)
        return try await single(pipeline)
    }

    /// Asks the server which data set it holds, and counts a change in `state.identityEpoch`.
    public func identity() async throws(RedisError) -> RedisIdentity {
        var pipeline = RedisPipeline()
        for command in RedisIdentity.commands { pipeline.append(command) }
        let identity = try RedisIdentity(replies: try await execute(pipeline))
        status.found(identity)
        return identity
    }

    /// Refuses further commands, waits for those that are queued, and closes the connections.
    public func close() async {
        for connection in connections { connection.close() }
        await ending.wait()
    }

    private func single(_ pipeline: RedisPipeline) async throws(RedisError) -> RedisValue {
        guard let reply = try await execute(pipeline).first else {
            throw RedisError(code: .invalidReply, message: "no reply")
        }
        return try reply.get()
    }
}

/// Tells callers of `close()` when the last connection's thread is done.
private final class RedisClientEnding: Sendable {
    private struct State {
        var running: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: NIOLockedValueBox<State>

    init(connectionCount: Int) {
        state = NIOLockedValueBox(State(running: connectionCount))
    }

    func connectionEnded() {
        let resumed = state.withLockedValue { state -> [CheckedContinuation<Void, Never>] in
            state.running -= 1
            guard state.running == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in resumed { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLockedValue { state in
                if state.running > 0 { state.waiting.append(continuation) }
                return state.running == 0
            }
            if isDone { continuation.resume() }
        }
    }
}
