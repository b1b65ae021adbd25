import Kafka
import ServiceLifecycle
import ServiceSupport

/// Keeps readiness true to whether Kafka can be reached and has our topics; its first round warms the topics up.
struct KafkaProbe: Service {
    let producer: KafkaProducer
    let topics: [String]
    let check: HealthCheck
    /// With a spool the service does its work without Kafka, for a while.
    let hasSpool: Bool
    let onReachable: @Sendable () -> Void
    var interval: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(KafkaError) {
                    try await producer.warmUp(topics: topics, timeout: .seconds(2))
                    check.ready()
                    onReachable()
                } catch {
                    if hasSpool {
                        check.ready(detail: "kafka is away, events go to the spool: \(error.message)")
                    } else {
                        check.unready(error.message)
                    }
                }
                try? await Task.sleep(for: interval)
            }
        }
    }
}
