import Hummingbird
import Kafka
import Logging
import NIOCore
import Redis
import ServiceSupport

/// The HTTP API over recommendations, catalog and profiles.
enum RecommendationServer: FreshetService {
    static let name = "server"
    static let summary = "Answers what to recommend: lists, catalog and profiles over HTTP."
    static let defaultAdminPort = 9184

    static func settings(from reader: SettingsReader) throws(SettingsError) -> ServerSettings {
        try ServerSettings(from: reader)
    }

    static func run(_ settings: ServerSettings, context: ServiceContext) async throws {
        let redis = settings.redis.client(name: name, logger: context.logger)
        let durability = context.observe(redis)
        let producer = try KafkaProducer(settings: settings.kafka.client, mode: .interactive, logger: context.logger)
        context.observe(producer)
        let http = context.health.check("http")
        let router = ServerRouter.build(
            settings: settings,
            store: RedisServingStore(redis: redis, keys: settings.keys),
            catalog: KafkaCatalogWriter(producer: producer, topic: settings.topics.catalogItems),
            context: context
        )
        let application = Application(
            router: router,
            server: .http1OnEventLoops(),
            configuration: .init(address: .hostname(settings.http.host, port: settings.http.port)),
            onServerRunning: { channel in
                http.ready()
                let port = channel.localAddress?.port ?? settings.http.port
                context.logger.notice(
                    "listening",
                    metadata: ["http.host": "\(settings.http.host)", "http.port": "\(port)"]
                )
            },
            logger: HTTPLogging.quiet(context.logger)
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await durability.check(redis) }
            try await application.run()
            group.cancelAll()
        }
        await producer.close()
        await redis.close()
    }
}
