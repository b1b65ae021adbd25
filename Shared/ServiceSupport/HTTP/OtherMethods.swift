import HTTPTypes
public import Hummingbird

extension Router {
    /// Answers 405 with `Allow` where a path is known and the method is not; to be called after the last route.
    public func refuseOtherMethods() {
        // Routes that are there already keep their middleware, so this one sees only what no route takes.
        add(middleware: OtherMethodsMiddleware<Context>(routes))
    }
}

/// Tells methods that a path does not have from paths that are not there.
private struct OtherMethodsMiddleware<Context: RequestContext>: RouterMiddleware {
    private struct KnownPath {
        /// `nil` stands for a parameter.
        let components: [Substring?]
        var methods: [String]

        func matches(_ path: [Substring]) -> Bool {
            path.count == components.count && zip(components, path).allSatisfy { $0 == nil || $0 == $1 }
        }
    }

    private let paths: [KnownPath]

    init(_ routes: [Router<Context>.RouteDescription]) {
        let methods = Dictionary(grouping: routes) { $0.path.description }
        paths = methods.map { path, routes in
            KnownPath(
                components: path.split(separator: "/").map { $0.hasPrefix("{") ? nil : $0 },
                methods: routes.map(\.method.rawValue)
            )
        }
    }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path.split(separator: "/")
        let methods = Set(paths.lazy.filter { $0.matches(path) }.flatMap(\.methods))
        guard !methods.isEmpty else { return try await next(request, context) }
        let allowed = methods.sorted().joined(separator: ", ")
        throw Problem(.methodNotAllowed, detail: "this path takes \(allowed)", allowedMethods: allowed)
    }
}
