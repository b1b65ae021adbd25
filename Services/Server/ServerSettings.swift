import ServiceSupport

/// What the server can be told.
struct ServerSettings: Sendable {
    let http: ListenerSettings
    let redis: RedisSettings
    let kafka: KafkaConnectionSettings
    let topics: TopicNames

    init(from reader: SettingsReader) throws(SettingsError) {
        http = try ListenerSettings(from: reader, port: 8081)
        redis = try RedisSettings(from: reader)
        kafka = try KafkaConnectionSettings(from: reader, clientID: "server")
        topics = try TopicNames(from: reader)
    }
}
