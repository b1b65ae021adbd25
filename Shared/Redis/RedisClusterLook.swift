import Dispatch

/// Asks all masters of a cluster who serves what, over connections of its own; used on one thread.
final class RedisClusterLook {
    private let handshake: RedisHandshake
    private var sockets: [RedisAddress: RedisSocket] = [:]

    /// What the masters said.
    struct Result: Sendable {
        /// Who serves what, as the node says that knows the newest configuration.
        var table: RedisSlotTable
        /// The identities of those masters that answered.
        var servers: [RedisAddress: RedisServerIdentity]
        /// Why it is not certain that these masters are in force; `nil` when it is.
        var doubt: String?
        /// Which replica may lack more than the last seconds; `nil` when none does.
        var lag: String?
    }

    init(handshake: RedisHandshake) {
        self.handshake = handshake
    }

    /// Asks the `known` masters, the address's seeds when none of those answers, and masters that are news.
    func look(known: [RedisAddress]) throws(RedisError) -> Result {
        var (views, failure) = ask(known)
        if views.isEmpty { (views, failure) = ask(handshake.url.addresses.filter { !known.contains($0) }) }
        guard let first = Self.newest(views) else {
            throw failure ?? RedisHandshake.refused("no node of the cluster answers")
        }
        let news = first.table.masters.filter { views[$0] == nil && !known.contains($0) }
        views.merge(ask(news).views) { $1 }
        let view = Self.newest(views) ?? first
        let table = view.table
        guard table.unservedCount < RedisSlot.count else {
            throw RedisHandshake.refused("the cluster serves no hash slots yet: see `redis-cli --cluster create`")
        }
        sockets = sockets.filter { table.masters.contains($0.key) }
        let servers = views.filter { table.masters.contains($0.key) }.mapValues(\.report.identity)
        return Result(
            table: table,
            servers: servers,
            doubt: Self.doubt(view, views, failure),
            lag: Self.lag(view, views)
        )
    }

    /// Sends to all first and then receives: a node that hangs costs its own answer only.
    private func ask(_ nodes: [RedisAddress]) -> (views: [RedisAddress: RedisClusterView], failure: RedisError?) {
        var views: [RedisAddress: RedisClusterView] = [:]
        var failure: RedisError?
        // Those that were reached before come first, so that a machine that is gone delays nobody else's answer.
        let nodes = nodes.filter { sockets[$0] != nil } + nodes.filter { sockets[$0] == nil }
        for node in nodes {
            do throws(RedisError) {
                if sockets[node]?.isStale == true { sockets[node] = nil }
                let socket: RedisSocket
                if let open = sockets[node] {
                    socket = open
                } else {
                    socket = try handshake.connect(node, timeout: handshake.options.connectTimeout)
                }
                sockets[node] = socket
                try socket.post(RedisClusterView.pipeline.bytes)
            } catch {
                sockets[node] = nil
                failure = error
            }
        }
        let patience = min(handshake.options.commandTimeout, .seconds(1))
        let deadline = DispatchTime.now().uptimeNanoseconds + patience.nanoseconds
        for node in nodes {
            guard let socket = sockets[node] else { continue }
            do throws(RedisError) {
                let replies = try socket.collect(RedisClusterView.pipeline.count, until: deadline)
                views[node] = try RedisClusterView(replies: replies, from: node)
            } catch {
                sockets[node] = nil
                failure = error
            }
        }
        return (views, failure)
    }

    private static func newest(_ views: [RedisAddress: RedisClusterView]) -> RedisClusterView? {
        views.sorted { $0.key < $1.key }.map(\.value).max { left, right in
            (left.isOK ? 1 : 0, left.epoch) < (right.isOK ? 1 : 0, right.epoch)
        }
    }

    /// Every master must answer, hold itself and the cluster for sound, and agree with the others.
    ///
    /// A master cut off from the others, or one that slept through its own replacement, fails one of these.
    private static func doubt(
        _ newest: RedisClusterView,
        _ views: [RedisAddress: RedisClusterView],
        _ failure: RedisError?
    ) -> String? {
        if newest.table.unservedCount > 0 { return "\(newest.table.unservedCount) hash slots are not served" }
        for assignment in newest.assignments {
            let master = assignment.master
            guard let view = views[master] else { return "\(master) does not answer (\(failure?.message ?? "new"))" }
            if !view.isOK { return "\(master) does not see the majority of the cluster" }
            if view.report.isReplica { return "\(master) is a replica" }
            if view.assignments != newest.assignments { return "\(master) does not know the newest slots yet" }
        }
        return nil
    }

    /// Every replica that might be promoted must have confirmed within the last seconds what it has.
    private static func lag(_ newest: RedisClusterView, _ views: [RedisAddress: RedisClusterView]) -> String? {
        newest.assignments.first { assignment in
            (views[assignment.master]?.report.replicasInStep ?? 0) < assignment.replicas
        }.map { "a replica of \($0.master) is not in step" }
    }
}
