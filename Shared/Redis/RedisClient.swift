public import Logging
import Dispatch
import NIOConcurrencyHelpers
import Threading

/// A client of a Redis server or a Redis Cluster: many concurrent callers on a few pipelined connections.
///
/// It connects in the background and never blocks its creator. Each connection has a thread; while that waits for
/// replies, further pipelines queue up and leave together in the next write. The commands of a pipeline for one server
/// go over one connection in order, and pipelines that begin with a key of the same hash tag share connections, so
/// their order is that of the calls.
///
/// Whether it talks to a cluster it finds out by itself; callers see no difference, except that the keys of one command
/// or script must share a hash tag. A pipeline is split by node, the parts travel at the same time.
///
/// Every call ends within `Options.commandTimeout`, plus one connect timeout when Redis is away. After a
/// lost connection or a timeout the outcome of what was sent is unknown (`RedisError.isOutcomeUnknown`); nothing is
/// sent a second time behind the caller's back, except commands that Redis refused to run: because it had forgotten
/// their script, or because another node of the cluster serves them, or nobody just now. Cancelling a task does not
/// recall its commands.
public final class RedisClient: Sendable {
    let options: Options
    private let handshake: RedisHandshake
    private let routing: RedisRouting
    private let status = RedisClientStatus()
    private let ending = RedisClientEnding()

    /// Creates a client and starts connecting; `scripts` are loaded on every new connection.
    public init(
        url: RedisURL,
        options: Options = Options(),
        scripts: [RedisScript] = [],
        logger: Logger = Logger(label: "redis")
    ) {
        self.options = options
        handshake = RedisHandshake(url: url, options: options, scripts: scripts)
        routing = RedisRouting(handshake: handshake, status: status, ending: ending, logger: logger)
    }

    deinit {
        routing.close()
    }

    /// What the client knows about its connections and its work.
    public var state: State { status.snapshot }

    /// Sends `pipeline` and returns one value per command, in order; a command's own error is its value.
    ///
    /// Where one node of a cluster fails, the whole call does; the other nodes' commands may have run.
    public func execute(_ pipeline: RedisPipeline) async throws(RedisError) -> [RedisValue] {
        guard !pipeline.isEmpty else { return [] }
        var errand = RedisErrand(pipeline, deadline: deadline)
        let replies = try await errand.run(on: routing)
        let redirections = errand.redirections
        if redirections > 0 { status.update { $0.redirections += redirections } }
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

    /// Asks which data set Redis holds, and counts a change in `state.identityEpoch`.
    ///
    /// It vouches for now: every connection leads to the master in force. In a cluster all masters answer, agree on
    /// who serves what and see the majority; Sentinels name this master.
    ///
    /// - Throws: ``RedisError`` also while that is in doubt, as during a failover.
    public func identity() async throws(RedisError) -> RedisIdentity {
        if let watch = routing.snapshot.watch { return try await watch.identity() }
        var pipeline = RedisPipeline()
        for command in RedisServerReport.commands { pipeline.append(command) }
        let nodes = try nodes()
        let parts = nodes.flatMap(\.connections).map { RedisRequest.Part(pipeline: pipeline, connection: $0) }
        let outcomes = await RedisRequest.outcomes(of: parts, deadline: deadline)
        // The seeds of a cluster give way when it is found.
        if let watch = routing.snapshot.watch { return try await watch.identity() }
        var servers: Set<RedisServerIdentity> = []
        for outcome in outcomes {
            let report = try RedisServerReport(replies: try outcome.get())
            guard !report.isReplica else { throw RedisHandshake.refused("the server is a replica now") }
            servers.insert(report.identity)
        }
        if handshake.url.sentinelMaster != nil, let named = try await masterOfSentinels() { servers.insert(named) }
        guard servers.count == 1, let server = servers.first else {
            if !routing.isClosed { routing.replaceServer() }
            throw RedisHandshake.refused("the connections lead to different servers; they are opened again")
        }
        status.found(only: server)
        return RedisIdentity([server])
    }

    /// Sends `pipeline` to every master and returns the replies of each.
    func executeOnEachMaster(_ pipeline: RedisPipeline) async throws(RedisError) -> [[RedisValue]] {
        // So that it is known whether this is a cluster.
        if state.isCluster == nil { try await ping() }
        let parts = try nodes().map { node in
            RedisRequest.Part(pipeline: pipeline, connection: node.connection(for: 0))
        }
        var replies: [[RedisValue]] = []
        for outcome in await RedisRequest.outcomes(of: parts, deadline: deadline) { replies.append(try outcome.get()) }
        return replies
    }

    /// The masters now, for a scan that goes through one after the other.
    func masters() async throws(RedisError) -> [RedisNode] {
        if state.isCluster == nil { try await ping() }
        return try nodes()
    }

    private func nodes() throws(RedisError) -> [RedisNode] {
        let nodes = routing.snapshot.nodes
        guard !nodes.isEmpty else { throw .clientClosed }
        return nodes
    }

    /// Sends one command to `node`.
    func command(_ command: RedisCommand, on node: RedisNode) async throws(RedisError) -> RedisValue {
        let part = RedisRequest.Part(pipeline: RedisPipeline(command), connection: node.connection(for: 0))
        guard let reply = try await RedisRequest.outcomes(of: [part], deadline: deadline)[0].get().first else {
            throw RedisError(code: .invalidReply, message: "no reply")
        }
        return try reply.get()
    }

    /// Refuses further commands, waits for those that are queued, and closes the connections.
    public func close() async {
        routing.close()
        await ending.wait()
    }

    private var deadline: UInt64 { DispatchTime.now().uptimeNanoseconds + options.commandTimeout.nanoseconds }

    private func masterOfSentinels() async throws(RedisError) -> RedisServerIdentity? {
        let handshake = RedisHandshake(url: handshake.url, options: options, scripts: [])
        let found = await DedicatedThread.run {
            Result { () throws(RedisError) in try handshake.open(nil).report?.identity }
        }
        return try found.get()
    }

    private func single(_ pipeline: RedisPipeline) async throws(RedisError) -> RedisValue {
        guard let reply = try await execute(pipeline).first else {
            throw RedisError(code: .invalidReply, message: "no reply")
        }
        return try reply.get()
    }
}

/// Tells callers of `close()` when the last thread is done.
final class RedisClientEnding: Sendable {
    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = NIOLockedValueBox(State())

    func threadStarted() {
        state.withLockedValue { $0.running += 1 }
    }

    func threadEnded() {
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
