import Dispatch

/// What every new connection does before it serves a command: log in, choose the database, say who it is, learn
/// which server answered, load the scripts.
struct RedisHandshake: Sendable {
    let url: RedisURL
    let options: RedisClient.Options
    let scripts: [RedisScript]

    /// Opens a connection; every failure is a `connectFailed`.
    func open() throws(RedisError) -> (socket: RedisSocket, identity: RedisIdentity?) {
        let socket = try RedisSocket(host: url.host, port: url.port, timeout: options.connectTimeout)
        do {
            return (socket, try greet(socket))
        } catch {
            throw RedisError(code: .connectFailed, message: error.description)
        }
    }

    private func greet(_ socket: RedisSocket) throws(RedisError) -> RedisIdentity? {
        var required: [RedisCommand] = []
        if let password = url.password {
            required.append(
                url.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password)
            )
        }
        if url.database != 0 { required.append(RedisCommand("SELECT", url.database)) }
        required += scripts.map { RedisCommand("SCRIPT", "LOAD", $0.source) }

        var pipeline = RedisPipeline()
        for command in required { pipeline.append(command) }
        pipeline.append(RedisCommand("CLIENT", "SETNAME", options.clientName))
        for command in RedisIdentity.commands { pipeline.append(command) }
        var replies: [RedisValue] = []
        try socket.run(
            [
                RedisSocket.Exchange(
                    bytes: pipeline.bytes,
                    replyCount: pipeline.count,
                    deadline: DispatchTime.now().uptimeNanoseconds + options.commandTimeout.nanoseconds
                )
            ]
        ) { replies = $1 }

        for reply in replies.prefix(required.count) { _ = try reply.get() }
        socket.loadedScripts = Set(scripts.map(\.sha1))
        let info = replies.suffix(RedisIdentity.commands.count)
        // A managed Redis may forbid INFO; then restarts cannot be noticed, but commands can be served.
        if info.contains(where: { $0.error?.code == .server(kind: "NOPERM") }) { return nil }
        return try RedisIdentity(replies: info)
    }
}
