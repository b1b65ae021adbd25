import Foundation
import Kafka
import Redis
import TestSupport

extension ScorerEnvironment {
    /// Runs `body` with a broker and a Redis of its own.
    static func with(_ body: (ScorerEnvironment) async throws -> Void) async throws {
        try await withRedis { url in
            try await withBroker(topics: [:]) { kafka, broker in
                let directory = FileManager.default.temporaryDirectory.appending(
                    path: "freshet-scorer-\(UUID().uuidString)"
                )
                defer { try? FileManager.default.removeItem(at: directory) }
                let environment = try ScorerEnvironment(
                    kafka: kafka,
                    redisAddress: url.text,
                    prefix: broker.group("scorer") + ".",
                    directory: directory.path(),
                    partitions: 2
                )
                try await environment.createTopics(embedded: broker.embedded)
                try await body(environment)
                await environment.close()
            }
        }
    }
}
