public import Hummingbird
import Logging
import NIOCore

/// An error answer after RFC 9457: `application/problem+json` with type, title, status and detail.
public struct Problem: HTTPResponseError, ResponseGenerator, Hashable {
    /// The HTTP status.
    public let status: HTTPResponse.Status
    /// What went wrong in general; the same for all answers of this kind.
    public let title: String
    /// What went wrong this time, without secrets.
    public let detail: String?
    /// When to try again, sent as `Retry-After`.
    public let retryAfterSeconds: Int?
    /// The methods that the path does take, sent as `Allow`.
    public let allowedMethods: String?

    /// Creates a problem; the title defaults to the status's own words.
    public init(
        _ status: HTTPResponse.Status,
        title: String? = nil,
        detail: String? = nil,
        retryAfterSeconds: Int? = nil,
        allowedMethods: String? = nil
    ) {
        self.status = status
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
        self.allowedMethods = allowedMethods
    }

    /// The JSON document.
    public var json: String {
        var text = "{\"type\":\"about:blank\",\"title\":"
        JSONText.append(title, to: &text)
        text += ",\"status\":\(status.code)"
        if let detail {
            text += ",\"detail\":"
            JSONText.append(detail, to: &text)
        }
        return text + "}"
    }

    /// The answer for one request.
    public func response(from request: Request, context: some RequestContext) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if let allowedMethods { headers[.allow] = allowedMethods }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: json)))
    }
}

/// Turns every error of the routes below it into a ``Problem``; what nobody expected is a bare 500 and logged.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Creates the middleware; put it outermost, after the one that records metrics.
    public init() {}

    /// Handles one request around the next handler.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response(from: request, context: context)
        } catch let error as HTTPError {
            return Problem(error.status, detail: error.body).response(from: request, context: context)
        } catch let error as any HTTPResponseError {
            return Problem(error.status).response(from: request, context: context)
        } catch is CancellationError {
            return Problem(.serviceUnavailable).response(from: request, context: context)
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)", "http.path": "\(request.uri.path)"])
            return Problem(.internalServerError).response(from: request, context: context)
        }
    }
}
