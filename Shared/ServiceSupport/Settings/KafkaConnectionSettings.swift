/// How to reach the Kafka cluster, and every librdkafka property one wants to set.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `kafka.bootstrap.servers` | `127.0.0.1:9092` | brokers to start from, separated by commas |
/// | `kafka.client.id` | the service's name | the name shown in the brokers' logs and metrics |
/// | `kafka.properties.<name>` | | any librdkafka property, checked by librdkafka at start |
public struct KafkaConnectionSettings: Sendable, Hashable {
    /// The brokers to start from, separated by commas.
    public let bootstrapServers: String
    /// The name shown in the brokers' logs and metrics.
    public let clientID: String
    /// librdkafka properties by name; they win over the service's own choices.
    public let properties: [String: String]

    /// Reads the keys under `kafka.`.
    public init(from reader: SettingsReader, clientID: String) throws(SettingsError) {
        bootstrapServers = try reader.string(
            "kafka.bootstrap.servers",
            default: "127.0.0.1:9092",
            description: "Kafka brokers to start from, separated by commas"
        )
        self.clientID = try reader.string(
            "kafka.client.id",
            default: clientID,
            description: "the name shown in the brokers' logs and metrics"
        )
        properties = try reader.properties(
            "kafka.properties",
            isSecret: Self.isSecret,
            description: "any librdkafka property, e.g. kafka.properties.security.protocol=SASL_SSL "
                + "(KAFKA_PROPERTIES_SECURITY_PROTOCOL); checked by librdkafka at start"
        )
    }

    private static func isSecret(_ name: String) -> Bool {
        ["password", "secret", "token", ".pem", "sasl.oauthbearer.config"].contains { name.contains($0) }
    }
}
