import Hummingbird
import NIOCore
import Profiles
import ServiceSupport

/// Puts the API together; all routes are here.
enum ServerRouter {
    static func build(
        settings: ServerSettings,
        store: any ServingStore,
        catalog: any CatalogWriter,
        context: ServiceContext
    ) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: HTTPMetricsMiddleware(registry: context.metrics, service: "server"))
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: StoreErrorMiddleware(log: RepeatedErrorLog(context.logger)))
        router.add(middleware: CORSPolicyMiddleware(settings.cors, methods: [.get, .put, .delete]))
        if settings.apiKeys.isEmpty { router.add(middleware: LoopbackHostMiddleware()) }

        let cards = ItemCards(store: store, lifetime: settings.cardLifetime, capacity: settings.cardCapacity)
        let recommendations = Recommendations(store: store, cards: cards)
        let catalogRoutes = CatalogRoutes(
            cards: cards,
            store: store,
            writer: catalog,
            maximumBodyBytes: settings.maximumBodyBytes
        )
        RecommendationRoutes(recommendations: recommendations, metrics: RecommendationMetrics(context.metrics))
            .add(to: router)
        catalogRoutes.addReading(to: router)
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_json))
            )
        }
        if settings.demo.isEnabled { DemoRoutes(settings: settings.demo).add(to: router) }

        let guarded = router.group().add(middleware: APIKeyMiddleware(keys: settings.apiKeys))
        catalogRoutes.addWriting(to: guarded)
        ProfileRoutes(store: store, policy: settings.profilePolicy).add(to: guarded)
        router.refuseOtherMethods()
        return router
    }
}
