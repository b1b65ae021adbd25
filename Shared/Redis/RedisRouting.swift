import Dispatch
import Logging
import NIOConcurrencyHelpers

/// Knows which connections serve which slots, and what kind of Redis that is.
///
/// It begins with connections to what the address names. When the first of them finds a Redis Cluster, they give way to
/// one set of connections per master; pipelines that they had not sent are routed anew.
final class RedisRouting: Sendable {
    /// Who serves what at one moment; `nodes` stand as `table.masters` do.
    struct Snapshot: Sendable {
        var table: RedisSlotTable
        var nodes: [RedisNode]
        /// `nil` without a cluster, or before it is known to be one.
        var watch: RedisClusterWatch?
    }

    private struct State {
        var snapshot: Snapshot
        /// Nodes that slots were on their way to, and when a command was last sent there for it.
        var importing: [RedisAddress: DispatchTime] = [:]
        var nextID = 0
        var isClosed = false
    }

    private let handshake: RedisHandshake
    private let status: RedisClientStatus
    private let logger: Logger
    private let ending: RedisClientEnding
    private let state: NIOLockedValueBox<State>

    init(handshake: RedisHandshake, status: RedisClientStatus, ending: RedisClientEnding, logger: Logger) {
        self.handshake = handshake
        self.status = status
        self.ending = ending
        self.logger = logger
        let table = RedisSlotTable(single: handshake.url.addresses[0])
        state = NIOLockedValueBox(State(snapshot: Snapshot(table: table, nodes: [])))
        state.withLockedValue { $0.snapshot.nodes = [makeNode(nil, &$0)] }
    }

    var snapshot: Snapshot { state.withLockedValue { $0.snapshot } }

    var isClosed: Bool { state.withLockedValue { $0.isClosed } }

    /// A node said that `slot` has moved.
    func move(_ slot: Int, to address: RedisAddress) {
        state.withLockedValue { state in
            guard !state.isClosed, state.snapshot.watch != nil else { return }
            state.snapshot.table.move(slot, to: address)
            addNodes(&state)
        }
        wake()
    }

    /// The node at `address`, to which a slot is on its way; it need not serve any yet.
    ///
    /// `nil` when closed.
    func importingNode(at address: RedisAddress) -> RedisNode? {
        state.withLockedValue { state in
            guard !state.isClosed, state.snapshot.watch != nil else { return nil }
            state.importing[address] = DispatchTime.now()
            let index = state.snapshot.table.add(address)
            addNodes(&state)
            return state.snapshot.nodes[index]
        }
    }

    private func addNodes(_ state: inout State) {
        for master in state.snapshot.table.masters.dropFirst(state.snapshot.nodes.count) {
            state.snapshot.nodes.append(makeNode(master, &state))
        }
    }

    /// Something is amiss: looks at the cluster soon.
    func wake() {
        snapshot.watch?.wake()
    }

    /// Opens new connections to what the address names: the present ones may lead to a server of the past.
    func replaceServer() {
        let old = state.withLockedValue { state -> [RedisNode] in
            guard !state.isClosed, state.snapshot.watch == nil else { return [] }
            defer { state.snapshot.nodes = [makeNode(nil, &state)] }
            return state.snapshot.nodes
        }
        for node in old { node.retire() }
    }

    func close() {
        let last = state.withLockedValue { state in
            defer { state.snapshot.nodes = [] }
            state.isClosed = true
            return state.snapshot
        }
        last.watch?.stop()
        for node in last.nodes { node.close() }
    }

    private func makeNode(_ address: RedisAddress?, _ state: inout State) -> RedisNode {
        let events = RedisConnection.Events(
            opened: { greeting throws(RedisError) in try self.opened(greeting, of: address) },
            failed: { self.wake() },
            ended: { [ending] in ending.threadEnded() }
        )
        let connections = (0..<max(1, handshake.options.connections)).map { _ in
            state.nextID += 1
            ending.threadStarted()
            return RedisConnection(
                id: state.nextID,
                node: address,
                handshake: handshake,
                status: status,
                logger: logger,
                events: events
            )
        }
        return RedisNode(address: address, connections: connections)
    }

    /// Takes note, before the first command over a new connection, of which server it is.
    private func opened(_ greeting: RedisHandshake.Greeting, of node: RedisAddress?) throws(RedisError) -> Bool {
        let isCluster = greeting.report?.isCluster ?? (node != nil)
        if let node {
            guard isCluster else { throw RedisHandshake.refused("\(node) is not part of a cluster any more") }
            if let report = greeting.report { status.found(report.identity, at: node) }
        } else if isCluster {
            try beginCluster(from: greeting.address)
            return false
        } else {
            status.found(only: greeting.report?.identity)
        }
        return true
    }

    private func beginCluster(from seed: RedisAddress) throws(RedisError) {
        guard snapshot.watch == nil else { return }
        let result = try RedisClusterLook(handshake: handshake).look(known: [seed])
        let watch = RedisClusterWatch()
        let isFirst = state.withLockedValue { state in
            guard !state.isClosed, state.snapshot.watch == nil else { return false }
            state.snapshot.watch = watch
            ending.threadStarted()
            return true
        }
        guard isFirst else { return }
        _ = putIntoForce(result)
        logger.info("redis is a cluster", metadata: ["redis.masters": "\(result.table.masters.count)"])
        watch.start(
            look: { look throws(RedisError) in
                let result = try look.look(known: self.snapshot.table.masters)
                let identity = self.putIntoForce(result)
                if let doubt = result.doubt { throw RedisHandshake.refused("the cluster is not settled: \(doubt)") }
                return identity
            },
            with: handshake,
            ended: { [ending] in ending.threadEnded() }
        )
    }

    /// The identity comes first: it has changed before a command reaches a new master.
    private func putIntoForce(_ result: RedisClusterLook.Result) -> RedisIdentity {
        let limit = DispatchTime.now() - .seconds(60)
        var table = result.table
        for address in importing(since: limit) { table.add(address) }
        let identity = status.found(result.servers, of: table)
        status.update { $0.replicationLag = result.lag }
        let old = state.withLockedValue { state -> [RedisNode] in
            let isSame = state.snapshot.table == table && state.snapshot.nodes.first?.address != nil
            guard !state.isClosed, !isSame else { return [] }
            let known = state.snapshot.nodes
            state.snapshot.table = table
            state.snapshot.nodes = table.masters.map { master in
                known.first { $0.address == master } ?? makeNode(master, &state)
            }
            return known.filter { node in !state.snapshot.nodes.contains { $0 === node } }
        }
        for node in old { node.retire() }
        return identity
    }

    private func importing(since limit: DispatchTime) -> [RedisAddress] {
        state.withLockedValue { state in
            state.importing = state.importing.filter { $0.value > limit }
            return state.importing.keys.sorted()
        }
    }
}
