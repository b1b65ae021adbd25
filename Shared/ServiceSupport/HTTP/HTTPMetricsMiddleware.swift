public import Hummingbird
import NIOConcurrencyHelpers

/// Records each request's duration and status by route, as `<service>_http_request_duration_seconds`.
public struct HTTPMetricsMiddleware<Context: RequestContext>: RouterMiddleware {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let registry: MetricsRegistry
    private let name: String
    private let histograms = NIOLockedValueBox<[Key: MetricsRegistry.Histogram]>([:])

    /// Creates the middleware; `service` is the name that the metric begins with, for example `server`.
    public init(registry: MetricsRegistry, service: String) {
        self.registry = registry
        name = "\(service.map { $0 == "-" ? "_" : $0 }.map(String.init).joined())_http_request_duration_seconds"
    }

    /// Handles one request around the next handler.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            record(request, context.endpointPath, response.status.code, since: start)
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status.code ?? 500
            record(request, context.endpointPath, status, since: start)
            throw error
        }
    }

    private func record(_ request: Request, _ route: String?, _ status: Int, since start: ContinuousClock.Instant) {
        let key = Key(method: Self.label(request.method), route: route ?? "none", status: status)
        let histogram = histograms.withLockedValue { histograms in
            if let histogram = histograms[key] { return histogram }
            let histogram = registry.histogram(
                name,
                help: "Duration of HTTP requests.",
                labels: ["method": key.method, "route": key.route, "status": String(key.status)]
            )
            histograms[key] = histogram
            return histogram
        }
        histogram.observe(ContinuousClock.now - start)
    }

    /// Only the methods we serve, and above only known routes: a client must not be able to invent label values.
    private static func label(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .put, .post, .delete, .options, .head: method.rawValue
        default: "other"
        }
    }
}
