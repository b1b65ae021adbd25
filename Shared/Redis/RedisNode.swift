/// The connections to one server, or to the seeds before it is known what they are.
final class RedisNode: Sendable {
    /// `nil` for what the client's address names.
    let address: RedisAddress?
    let connections: [RedisConnection]

    init(address: RedisAddress?, connections: [RedisConnection]) {
        self.address = address
        self.connections = connections
    }

    /// The connection for pipelines that begin with `slot`; one slot always gets the same.
    func connection(for slot: Int) -> RedisConnection { connections[slot % connections.count] }

    /// Refuses further pipelines; those that were not sent go another way.
    func retire() {
        for connection in connections { connection.retire() }
    }

    /// Refuses further pipelines and finishes the queued ones.
    func close() {
        for connection in connections { connection.close() }
    }
}
