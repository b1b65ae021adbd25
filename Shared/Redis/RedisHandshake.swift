import Dispatch

/// What every new connection does before it serves a command: find the server, log in, choose the database, say who
/// it is, learn which server answered, load the scripts.
struct RedisHandshake: Sendable {
    /// An open connection and the server at its other end.
    struct Greeting {
        var socket: RedisSocket
        var address: RedisAddress
        /// `nil` when `INFO` is forbidden.
        var report: RedisServerReport?
    }

    let url: RedisURL
    let options: RedisClient.Options
    let scripts: [RedisScript]

    /// Opens a connection to `node` of a cluster, or to what the address names; every failure is a `connectFailed`.
    func open(_ node: RedisAddress?) throws(RedisError) -> Greeting {
        if let node { return try greet(node) }
        if let name = url.sentinelMaster { return try greet(try RedisSentinel(handshake: self, name: name).master()) }
        var failure = RedisError(code: .connectFailed, message: "no address")
        for address in url.addresses {
            do throws(RedisError) {
                let greeting = try greet(address)
                guard url.addresses.count == 1 || greeting.report?.isCluster == true else {
                    throw Self.refused(
                        "\(address) is no Redis Cluster, and several addresses would be several stores: name one server"
                    )
                }
                return greeting
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Opens a connection to `address` and logs in.
    func connect(_ address: RedisAddress, timeout: Duration) throws(RedisError) -> RedisSocket {
        let socket = try RedisSocket(host: address.host, port: address.port, timeout: timeout)
        let login = url.password.map { password in
            url.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password)
        }
        var pipeline = RedisPipeline()
        if let login { pipeline.append(login) }
        pipeline.append(RedisCommand("CLIENT", "SETNAME", options.clientName))
        let replies = try socket.replies(to: pipeline, within: options.commandTimeout)
        if login != nil { _ = try replies.first?.get() }
        return socket
    }

    private func greet(_ address: RedisAddress) throws(RedisError) -> Greeting {
        do {
            let socket = try connect(address, timeout: options.connectTimeout)
            let report = try prepare(socket, at: address)
            return Greeting(socket: socket, address: address, report: report)
        } catch {
            throw Self.refused(error.code == .connectFailed ? error.message : error.description)
        }
    }

    private func prepare(_ socket: RedisSocket, at address: RedisAddress) throws(RedisError) -> RedisServerReport? {
        var pipeline = RedisPipeline()
        for command in RedisServerReport.commands { pipeline.append(command) }
        if url.database != 0 { pipeline.append(RedisCommand("SELECT", url.database)) }
        for script in scripts { pipeline.append(RedisCommand("SCRIPT", "LOAD", script.source)) }
        let replies = try socket.replies(to: pipeline, within: options.commandTimeout)

        let info = replies.prefix(RedisServerReport.commands.count)
        // A managed Redis may forbid INFO; then restarts cannot be noticed, but commands can be served.
        let isForbidden = info.contains { $0.error?.code == .server(kind: "NOPERM") }
        let report = isForbidden ? nil : try RedisServerReport(replies: info)
        if let report { try accept(report, at: address) }
        for reply in replies.dropFirst(info.count) { _ = try reply.get() }
        socket.loadedScripts = Set(scripts.map(\.sha1))
        return report
    }

    private func accept(_ report: RedisServerReport, at address: RedisAddress) throws(RedisError) {
        if report.isSentinel {
            throw Self.refused("\(address) is a Sentinel: write redis+sentinel://\(address)/<name of the master>")
        }
        if report.isCluster, url.database != 0 {
            throw Self.refused("a Redis Cluster has only database 0: take /\(url.database) off the address")
        }
        if !report.isCluster, report.isReplica {
            throw Self.refused("\(address) is a replica and takes no writes: name the master, or the Sentinels")
        }
    }

    static func refused(_ reason: String) -> RedisError { RedisError(code: .connectFailed, message: reason) }
}

extension RedisSocket {
    /// Sends `pipeline` and returns its replies.
    func replies(to pipeline: RedisPipeline, within timeout: Duration) throws(RedisError) -> [RedisValue] {
        var all: [RedisValue] = []
        let deadline = DispatchTime.now().uptimeNanoseconds + timeout.nanoseconds
        let exchange = Exchange(bytes: pipeline.bytes, replyCount: pipeline.count, deadline: deadline)
        try run([exchange]) { all = $1 }
        return all
    }
}
