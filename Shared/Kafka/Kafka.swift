// Kafka: to be built.
