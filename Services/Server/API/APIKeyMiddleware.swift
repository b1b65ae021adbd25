import Hummingbird
import ServiceSupport

/// Lets requests through that carry one of the keys as `Authorization: Bearer <key>`; all of them when there are no keys.
struct APIKeyMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    let keys: [String]

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard keys.isEmpty || isAllowed(request.headers[.authorization]) else {
            throw Problem(.unauthorized, detail: "this endpoint needs an API key: Authorization: Bearer <key>")
        }
        return try await next(request, context)
    }

    private func isAllowed(_ header: String?) -> Bool {
        guard let header, header.lowercased().hasPrefix("bearer ") else { return false }
        let given = Array(header.dropFirst(7).utf8)
        // All keys are compared in full, so that the time tells nothing about any of them.
        return keys.reduce(false) { found, key in Self.isEqual(Array(key.utf8), given) || found }
    }

    private static func isEqual(_ key: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = key.count ^ given.count
        for index in key.indices { difference |= Int(key[index] ^ (index < given.count ? given[index] : 0)) }
        return difference == 0
    }
}

/// Without a key the server trusts this machine; a web page elsewhere must not borrow that trust by a DNS name of its
/// own that points here.
struct LoopbackHostMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let authority = request.head.authority ?? "localhost"
        let host =
            authority.hasPrefix("[")
            ? String(authority.dropFirst().prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
        guard ListenerSettings(host: host, port: 0).isLoopback else {
            throw Problem(
                HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request"),
                detail: "without an API key the server answers to this machine's own names only, such as localhost"
            )
        }
        return try await next(request, context)
    }
}
