public import Redis

/// How to reach Redis: one server, a cluster (found out from any of its nodes), or a master that Sentinels name.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `redis.url` | `redis://127.0.0.1:6379/0` | `redis://user:password@host:port/db` |
/// | `redis.connections` | 2 | connections that share the load |
/// | `redis.connect.timeout` | `2s` | limit for connecting |
/// | `redis.command.timeout` | `2s` | limit for one command or pipeline |
public struct RedisSettings: Sendable, Hashable {
    /// The address with user, password and database.
    public let url: RedisURL
    /// Connections that share the load.
    public let connections: Int
    /// The limit for connecting.
    public let connectTimeout: Duration
    /// The limit for one command or pipeline.
    public let commandTimeout: Duration

    /// Reads the keys under `redis.`; a service that people wait for passes a shorter `timeout`.
    public init(
        from reader: SettingsReader,
        connections: Int = 2,
        timeout: Duration = .seconds(2)
    ) throws(SettingsError) {
        let text = try reader.string(
            "redis.url",
            default: "redis://127.0.0.1:6379/0",
            isSecret: true,
            description: "redis://user:password@host:port/db; several nodes of a cluster as host:port,host:port; "
                + "or redis+sentinel://host:port,host:port/master"
        )
        do throws(RedisError) {
            url = try RedisURL(text)
        } catch {
            throw SettingsError(key: "redis.url", problem: error.message)
        }
        self.connections = try reader.int(
            "redis.connections",
            default: connections,
            range: 1...64,
            description: "connections that share the load"
        )
        connectTimeout = try reader.duration(
            "redis.connect.timeout",
            default: timeout,
            range: .milliseconds(10) ... .seconds(60),
            description: "limit for connecting"
        )
        commandTimeout = try reader.duration(
            "redis.command.timeout",
            default: timeout,
            range: .milliseconds(10) ... .seconds(60),
            description: "limit for one command or pipeline"
        )
    }
}
