import Kafka
import ServiceLifecycle
import ServiceSupport

/// Keeps readiness true to whether Kafka can be reached and has our topics; its first round warms the topics up.
struct KafkaProbe: Service {
    let producer: KafkaProducer
    let topics: [String]
    let check: HealthCheck
    var interval: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(KafkaError) {
                    try await producer.warmUp(topics: topics, timeout: .seconds(2))
                    check.ready()
                } catch {
                    check.unready(error.message)
                }
                try? await Task.sleep(for: interval)
            }
        }
    }
}
