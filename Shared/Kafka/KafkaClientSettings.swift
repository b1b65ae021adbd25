/// Where the brokers are, and every librdkafka property that differs from this library's defaults.
public struct KafkaClientSettings: Sendable {
    /// `bootstrap.servers`: host and port pairs, separated by commas.
    public var bootstrapServers: String
    /// `client.id`: a short name, seen in the brokers' logs.
    public var clientID: String
    /// librdkafka properties by their own names; they win over every default.
    ///
    /// A name or value that librdkafka does not know is refused when a client is made.
    public var properties: [String: String]

    /// Creates settings.
    public init(bootstrapServers: String, clientID: String = "freshet", properties: [String: String] = [:]) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
    }
}
