public import Kafka

extension KafkaConnectionSettings {
    /// The settings as the Kafka library takes them.
    public var client: KafkaClientSettings {
        KafkaClientSettings(bootstrapServers: bootstrapServers, clientID: clientID, properties: properties)
    }
}
