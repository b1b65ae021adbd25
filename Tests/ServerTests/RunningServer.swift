import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceSupport
import Testing

@testable import Server

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A server on a port of its own, over stores in memory.
struct RunningServer {
    let base: String
    let store: InMemoryServingStore
    let writer: RecordingCatalogWriter
    let routes: [String]

    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: Data

        var text: String { String(decoding: body, as: UTF8.self) }

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        }
    }

    static func with(
        flags: [String: String] = [:],
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        let reader = try SettingsReader(flags: flags)
        let settings = try ServerSettings(from: reader)
        let store = InMemoryServingStore()
        let writer = RecordingCatalogWriter()
        let context = ServiceContext(name: "server", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let router = ServerRouter.build(settings: settings, store: store, catalog: writer, context: context)
        let routes = router.routes.map { "\($0.method.rawValue) \($0.path)" }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            server: .http1OnEventLoops(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: context.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            try await body(
                RunningServer(base: "http://127.0.0.1:\(number)", store: store, writer: writer, routes: routes)
            )
            group.cancelAll()
        }
    }

    func send(
        _ path: String,
        method: String = "GET",
        body: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: base + path)))
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        var names: [String: String] = [:]
        for (name, value) in http.allHeaderFields { names["\(name)".lowercased()] = "\(value)" }
        return Answer(status: http.statusCode, headers: names, body: data)
    }
}
