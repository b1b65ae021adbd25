import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The admin port: `/health/live`, `/health/ready` and `/metrics`.
struct AdminServer: Service {
    private let application: Application<RouterResponder<BasicRequestContext>>

    /// Creates the server; `onRunning` gets the port that was bound.
    init(
        listener: ListenerSettings,
        health: HealthRegistry,
        metrics: MetricsRegistry,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        application = Application(
            router: Self.router(health: health, metrics: metrics),
            configuration: .init(address: .hostname(listener.host, port: listener.port)),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? listener.port) },
            logger: HTTPLogging.quiet(logger)
        )
    }

    /// Serves until the service is told to stop.
    func run() async throws {
        try await application.run()
    }

    static func router(health: HealthRegistry, metrics: MetricsRegistry) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.get("/health/live") { _, _ in answer(health.liveness()) }
        router.get("/health/ready") { _, _ in answer(health.readiness()) }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: PrometheusText.contentType],
                body: .init(byteBuffer: ByteBuffer(string: metrics.render()))
            )
        }
        return router
    }

    private static func answer(_ report: HealthReport) -> Response {
        Response(
            status: report.isHealthy ? .ok : .serviceUnavailable,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: report.json))
        )
    }
}
