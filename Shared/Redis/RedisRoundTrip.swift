/// A batch of requests on their way over one connection, with the scripts they need.
final class RedisRoundTrip {
    private let requests: [RedisRequest]
    private var answeredCount = 0
    /// Commands that were sent again because Redis had forgotten their script.
    private(set) var scriptReloads = 0
    /// Whether the server has refused to write because it is a replica.
    private(set) var wasReadOnly = false

    init(_ requests: [RedisRequest]) {
        self.requests = requests
    }

    /// The requests without replies, in order.
    var unanswered: ArraySlice<RedisRequest> { requests[answeredCount...] }

    /// Sends all requests in one go and calls `answered` in their order.
    ///
    /// Commands whose script Redis has forgotten are sent again with the script before their caller hears of it;
    /// other commands of the same pipeline have run by then.
    func run(
        on socket: RedisSocket,
        answered: (RedisRequest, [RedisValue]) -> Void
    ) throws(RedisError) {
        var loads: [Int] = []
        var exchanges: [RedisSocket.Exchange] = []
        for request in requests {
            let missing = request.pipeline.scripts.filter { socket.loadedScripts.insert($0.sha1).inserted }
            loads.append(missing.count)
            exchanges.append(Self.exchange(of: request.pipeline, loading: missing, deadline: request.deadline))
        }
        var forgetful: [(index: Int, replies: [RedisValue])] = []
        try socket.run(exchanges) { index, replies in
            let replies = loads[index] == 0 ? replies : Array(replies.dropFirst(loads[index]))
            if replies.contains(where: { $0.error?.code == .server(kind: "READONLY") }) { wasReadOnly = true }
            // Once one request waits for its scripts, those behind it wait as well: the order of answers stays.
            guard forgetful.isEmpty, Self.forgotten(in: replies, of: requests[index].pipeline).isEmpty else {
                return forgetful.append((index, replies))
            }
            answeredCount = index + 1
            answered(requests[index], replies)
        }
        for (index, replies) in forgetful {
            let healed = try heal(replies, of: requests[index], on: socket)
            answeredCount = index + 1
            answered(requests[index], healed)
        }
    }

    private func heal(
        _ replies: [RedisValue],
        of request: RedisRequest,
        on socket: RedisSocket
    ) throws(RedisError) -> [RedisValue] {
        let indices = Self.forgotten(in: replies, of: request.pipeline)
        guard !indices.isEmpty else { return replies }
        let again = request.pipeline.selecting(indices)
        let scripts = again.scripts
        var healed = replies
        try socket.run([Self.exchange(of: again, loading: scripts, deadline: request.deadline)]) { _, fresh in
            // A script that does not compile answers its own error, which says more than NOSCRIPT.
            let refused = fresh.prefix(scripts.count).first { $0.error != nil }
            for (index, reply) in zip(indices, fresh.dropFirst(scripts.count)) { healed[index] = refused ?? reply }
        }
        scriptReloads += indices.count
        return healed
    }

    private static func forgotten(in replies: [RedisValue], of pipeline: RedisPipeline) -> [Int] {
        guard !pipeline.scripts.isEmpty else { return [] }
        return replies.indices.filter { index in
            replies[index].error?.code == .server(kind: "NOSCRIPT") && pipeline.script(at: index) != nil
        }
    }

    private static func exchange(
        of pipeline: RedisPipeline,
        loading scripts: [RedisScript],
        deadline: UInt64
    ) -> RedisSocket.Exchange {
        var bytes: [UInt8] = []
        for script in scripts { bytes += RedisCommand("SCRIPT", "LOAD", script.source).bytes }
        return RedisSocket.Exchange(
            bytes: scripts.isEmpty ? pipeline.bytes : bytes + pipeline.bytes,
            replyCount: scripts.count + pipeline.count,
            deadline: deadline
        )
    }
}
