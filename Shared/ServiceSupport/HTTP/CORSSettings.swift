import HTTPTypes
public import Hummingbird

/// Which web pages of other origins may call an HTTP API.
public struct CORSSettings: Sendable, Hashable {
    /// The origins allowed, `*` for all; empty for none.
    public let origins: [String]

    /// Creates the settings.
    public init(origins: [String]) {
        self.origins = origins
    }

    /// Reads `http.cors.origins`.
    public init(from reader: SettingsReader, default origins: [String]) throws(SettingsError) {
        self.origins = try reader.list(
            "http.cors.origins",
            default: origins,
            description: "origins whose web pages may call this API; * for all, empty for none"
        )
    }
}

/// Answers browsers' preflight requests and marks answers that pages of other origins may read.
public struct CORSPolicyMiddleware<Context: RequestContext>: RouterMiddleware {
    private let settings: CORSSettings
    private let methods: String

    /// Creates the middleware for an API with these methods.
    public init(_ settings: CORSSettings, methods: [HTTPRequest.Method]) {
        self.settings = settings
        self.methods = methods.map(\.rawValue).joined(separator: ", ")
    }

    /// Handles one request around the next handler.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        let isForAll = settings.origins.contains("*")
        let isAllowed = isForAll || settings.origins.contains(origin)
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = isPreflight ? Response(status: .noContent) : try await next(request, context)
        if !isForAll { response.headers.append(HTTPField(name: .vary, value: "Origin")) }
        guard isAllowed else { return response }
        response.headers[.accessControlAllowOrigin] = isForAll ? "*" : origin
        if isPreflight {
            response.headers[.accessControlAllowMethods] = methods
            response.headers[.accessControlAllowHeaders] = "authorization, content-type, content-encoding"
            response.headers[.accessControlMaxAge] = "600"
        } else {
            response.headers[.accessControlExposeHeaders] = "retry-after"
        }
        return response
    }
}
