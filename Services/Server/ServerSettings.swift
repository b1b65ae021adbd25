import Events
import Profiles
import ServiceSupport
import Stores

/// What the server can be told.
struct ServerSettings: Sendable {
    let http: ListenerSettings
    let redis: RedisSettings
    let kafka: KafkaConnectionSettings
    let topics: TopicNames
    let keys: KeySpace
    let cors: CORSSettings
    let apiKeys: [String]
    let maximumBodyBytes: Int
    let cardLifetime: Duration
    let cardCapacity: Int
    let profilePolicy: ProfilePolicy
    let demo: DemoSettings

    init(from reader: SettingsReader) throws(SettingsError) {
        http = try ListenerSettings(from: reader, port: 8081)
        redis = try RedisSettings(from: reader, timeout: .milliseconds(300))
        kafka = try KafkaConnectionSettings(from: reader, clientID: "server")
        topics = try TopicNames(from: reader)
        keys = try KeySpace(from: reader)
        cors = try CORSSettings(from: reader, default: [])
        apiKeys = try reader.list(
            "api.keys",
            isSecret: true,
            description: "keys for writing and for user endpoints; without one the server listens on loopback only"
        )
        maximumBodyBytes = try reader.int(
            "http.body.max.bytes",
            default: 16 * 1024 * 1024,
            range: 1024...(256 * 1024 * 1024),
            description: "largest batch of catalog entries"
        )
        cardLifetime = try reader.duration(
            "items.cache.time",
            default: .seconds(10),
            range: .zero ... .seconds(3600),
            description: "how long a catalog entry shown in lists is kept in the process"
        )
        cardCapacity = try reader.int(
            "items.cache.max",
            default: 100_000,
            range: 100...10_000_000,
            description: "catalog entries kept in the process"
        )
        profilePolicy = try ProfilePolicy(from: reader)
        demo = try DemoSettings(from: reader, isOpen: http.isLoopback && apiKeys.isEmpty)
        guard http.isLoopback || !apiKeys.isEmpty else {
            throw SettingsError(
                key: "http.host",
                problem: "'\(http.host)' is reachable from other machines, so api.keys must hold at least one key"
            )
        }
        guard apiKeys.allSatisfy({ $0.utf8.count >= 16 }) else {
            throw SettingsError(key: "api.keys", problem: "a key must have at least 16 characters")
        }
    }
}
