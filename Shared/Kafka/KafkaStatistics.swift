import FoundationEssentials

/// What librdkafka last said about itself (`statistics.interval.ms`).
public struct KafkaStatistics: Sendable, Hashable {
    /// One connection to a broker.
    public struct Broker: Sendable, Hashable {
        /// librdkafka's name for it, as in `10.0.0.1:9092/1`.
        public var name: String
        /// Whether the connection is up.
        public var isUp: Bool
        /// The median and the 99th percentile of round trips in the last window, in microseconds.
        public var roundTripMicroseconds: (p50: Int64, p99: Int64) { (roundTripP50, roundTripP99) }
        var roundTripP50: Int64
        var roundTripP99: Int64
    }

    /// Messages in the producer's queue, or requests of a consumer's.
    public var queuedMessages = 0
    /// Bytes in the producer's queue.
    public var queuedBytes = 0
    /// Messages sent since the client was made.
    public var sentMessages = 0
    /// Messages received since the client was made.
    public var receivedMessages = 0
    /// The brokers that the client knows by number.
    public var brokers: [Broker] = []

    init() {}

    /// Reads the part of librdkafka's document that we show; `nil` when it is not what we know.
    init?(json: UnsafeRawBufferPointer) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json)) else { return nil }
        queuedMessages = document.msg_cnt
        queuedBytes = document.msg_size
        sentMessages = document.txmsgs
        receivedMessages = document.rxmsgs
        brokers = document.brokers.values.filter { $0.nodeid >= 0 }
            .map {
                Broker(name: $0.name, isUp: $0.state == "UP", roundTripP50: $0.rtt.p50, roundTripP99: $0.rtt.p99)
            }
            .sorted { $0.name < $1.name }
    }

    /// librdkafka's STATISTICS.md names these.
    private struct Document: Decodable {
        struct Broker: Decodable {
            struct Window: Decodable {
                var p50: Int64
                var p99: Int64
            }
            var name: String
            var nodeid: Int32
            var state: String
            var rtt: Window
        }
        var msg_cnt: Int
        var msg_size: Int
        var txmsgs: Int
        var rxmsgs: Int
        var brokers: [String: Broker]
    }
}
