import Hummingbird
import Logging
import ServiceSupport
import Stores

/// Turns a store that does not answer into a 503 that says when to come back, and logs it now and then.
struct StoreErrorMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    let log: RepeatedErrorLog

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as StoreError {
            log.log("the store does not answer", metadata: ["error": "\(error)"])
            guard error.isRetriable else {
                throw Problem(.internalServerError, detail: "a stored value cannot be read")
            }
            throw Problem(.serviceUnavailable, detail: "the store does not answer; try again", retryAfterSeconds: 1)
        }
    }
}
