/// Asks Sentinels which server is the master.
struct RedisSentinel {
    let handshake: RedisHandshake
    let name: String

    /// The master's address as the first Sentinel knows it that answers.
    func master() throws(RedisError) -> RedisAddress {
        var failures: [String] = []
        for sentinel in handshake.url.addresses {
            do throws(RedisError) {
                return try ask(sentinel)
            } catch {
                failures.append("\(sentinel): \(error.message)")
            }
        }
        throw RedisHandshake.refused("no Sentinel names the master \(name) (\(failures.joined(separator: "; ")))")
    }

    /// A Sentinel with a password of its own is tried with the one of the address.
    private func ask(_ sentinel: RedisAddress) throws(RedisError) -> RedisAddress {
        let options = handshake.options
        var pipeline = RedisPipeline()
        pipeline.append("SENTINEL", key: nil, "get-master-addr-by-name", name)
        let socket = try RedisSocket(host: sentinel.host, port: sentinel.port, timeout: options.connectTimeout)
        var reply = try socket.replies(to: pipeline, within: options.commandTimeout)[0]
        if reply.error?.code == .server(kind: "NOAUTH"), handshake.url.password != nil {
            let open = try handshake.connect(sentinel, timeout: options.connectTimeout)
            reply = try open.replies(to: pipeline, within: options.commandTimeout)[0]
        }
        let parts = try reply.get().array ?? []
        guard parts.count == 2, let host = parts[0].string, let port = parts[1].integer else {
            throw RedisHandshake.refused("it knows no master \(name)")
        }
        return RedisAddress(host: host, port: Int(port))
    }
}
