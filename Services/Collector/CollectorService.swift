import Events
import Hummingbird
import Kafka
import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServiceLifecycle
import ServiceSupport

/// Takes events over HTTP and answers when Kafka, or the disk spool, has them.
enum CollectorService: FreshetService {
    static let name = "collector"
    static let summary = "Takes events over HTTP and answers when Kafka has them."
    static let defaultAdminPort = 9180

    static func settings(from reader: SettingsReader) throws(SettingsError) -> CollectorSettings {
        try CollectorSettings(from: reader)
    }

    static func run(_ settings: CollectorSettings, context: ServiceContext) async throws {
        try await run(settings, context: context, onListening: { _ in })
    }

    /// Runs and tells the port once it is open.
    ///
    /// On a graceful shutdown, the last part stops first: no new requests, those in flight are answered, then the records
    /// that nobody waits for any more are delivered or spooled, then producer and spool end.
    static func run(
        _ settings: CollectorSettings,
        context: ServiceContext,
        onListening: @escaping @Sendable (Int) -> Void
    ) async throws {
        let producer = try KafkaProducer(
            settings: settings.producer,
            mode: .interactive,
            logger: context.logger
        )
        context.observe(producer)
        let budget = BodyBudget(limit: settings.inflightBytes)
        let delivery = try await EventDelivery.open(settings, producer: producer, context: context)
        let probe = KafkaProbe(
            producer: producer,
            topics: settings.topics.allEvents + [settings.topics.rejected],
            check: context.health.check("kafka"),
            hasSpool: settings.spool != nil,
            onReachable: { delivery.beginReplays() }
        )
        let controller = EventsController(
            validator: settings.validator,
            topics: settings.topics,
            limiter: settings.userLimits.isOff ? nil : NIOLockedValueBox(UserLimiter(settings.userLimits)),
            budget: budget,
            delivery: delivery,
            metrics: CollectorMetrics(context.metrics, budget: budget),
            now: { .now }
        )
        let application = Application(
            router: router(controller, cors: settings.cors, metrics: context.metrics),
            server: .http1OnEventLoops(idleTimeout: .seconds(60)),
            configuration: .init(address: .hostname(settings.http.host, port: settings.http.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? settings.http.port
                context.logger.notice("listening", metadata: ["http.port": "\(port)"])
                onListening(port)
            },
            logger: HTTPLogging.quiet(context.logger)
        )
        let group = ServiceGroup(
            services: [delivery, probe, application],
            logger: HTTPLogging.quiet(context.logger)
        )
        try await group.run()
    }

    static func router(
        _ controller: EventsController,
        cors: CORSSettings,
        metrics: MetricsRegistry
    ) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: HTTPMetricsMiddleware(registry: metrics, service: name))
        router.add(middleware: CORSPolicyMiddleware(cors, methods: [.post, .get]))
        router.add(middleware: ProblemMiddleware())
        router.post("/v1/events") { request, context in try await controller.post(request, context) }
        router.get("/openapi.json") { _, _ in json(PackageResources.openapi_json, "application/json") }
        router.get("/event.schema.json") { _, _ in json(EventSchema.json, "application/schema+json") }
        router.refuseOtherMethods()
        return router
    }

    private static func json(_ document: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type],
            body: .init(byteBuffer: ByteBuffer(bytes: document))
        )
    }
}
