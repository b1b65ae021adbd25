import Catalog
import Events
import Foundation
import NIOConcurrencyHelpers
import Profiles
import Stores
import Testing

@testable import Server

@Suite struct OpenAPITests {
    private func document() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json))
        return try #require(object as? [String: Any])
    }

    private func operations(_ document: [String: Any]) throws -> [(method: String, path: String, [String: Any])] {
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        return paths.flatMap { path, methods in methods.map { ($0.key.uppercased(), path, $0.value) } }
    }

    @Test func `every route is documented, and nothing else is`() async throws {
        let documented = try operations(try document()).map { "\($0.method) \($0.path)" }
        try await RunningServer.with(flags: ["demo.enabled": "false"]) { server in
            #expect(Set(server.routes) == Set(documented))
            #expect(server.routes.count == documented.count)
        }
    }

    @Test func `every reference leads somewhere`() throws {
        let schema = JSONSchema(document: try document())
        let text = String(decoding: PackageResources.openapi_json, as: UTF8.self)
        for match in text.matches(of: /"\$ref": "([^"]+)"/) {
            #expect(schema.resolve(String(match.1)) != nil, "\(match.1)")
        }
    }

    /// The requests that bring about each documented status of each operation.
    private static let requests: [(operation: String, status: Int, path: String, method: String, body: String?)] = [
        ("getRecommendations", 200, "/v1/recommendations?user=u", "GET", nil),
        ("getRecommendations", 200, "/v1/recommendations?anonymous=stranger", "GET", nil),
        ("getRecommendations", 400, "/v1/recommendations", "GET", nil),
        ("getTrending", 200, "/v1/trending", "GET", nil),
        ("getTrending", 400, "/v1/trending?limit=x", "GET", nil),
        ("putItems", 202, "/v1/items", "PUT", #"[{"id":"x","title":"X"},{"id":"y"}]"#),
        ("putItems", 400, "/v1/items", "PUT", "nonsense"),
        ("putItems", 413, "/v1/items", "PUT", String(repeating: " ", count: 2000)),
        ("getItem", 200, "/v1/items/a", "GET", nil),
        ("getItem", 400, "/v1/items/%FF", "GET", nil),
        ("getItem", 404, "/v1/items/none", "GET", nil),
        ("deleteItem", 202, "/v1/items/a", "DELETE", nil),
        ("deleteItem", 400, "/v1/items/%FF", "DELETE", nil),
        ("getSimilarItems", 200, "/v1/items/a/similar", "GET", nil),
        ("getSimilarItems", 200, "/v1/items/none/similar", "GET", nil),
        ("getSimilarItems", 400, "/v1/items/a/similar?limit=0", "GET", nil),
        ("getUser", 200, "/v1/users/u", "GET", nil),
        ("getUser", 400, "/v1/users/%00", "GET", nil),
        ("getUser", 404, "/v1/users/none", "GET", nil),
        ("getDescription", 200, "/openapi.json", "GET", nil),
    ]

    @Test func `each answer of the running server fits its schema`() async throws {
        let document = try document()
        let operations = try operations(document)
        var shown: Set<String> = []
        try await RunningServer.with(flags: ["http.body.max.bytes": "1024"]) { server in
            fill(server.store)
            for request in Self.requests {
                let answer = try await server.send(request.path, method: request.method, body: request.body)
                #expect(answer.status == request.status, "\(request.method) \(request.path)")
                try check(answer, request.operation, operations, document)
                shown.insert("\(request.operation) \(answer.status)")
            }
            let text = try await server.send(
                "/v1/items",
                method: "PUT",
                body: "{}",
                headers: ["content-type": "text/csv"]
            )
            try check(text, "putItems", operations, document)
            shown.insert("putItems \(text.status)")
            server.writer.isAway.withLockedValue { $0 = true }
            for (operation, method, path) in [
                ("putItems", "PUT", "/v1/items"), ("deleteItem", "DELETE", "/v1/items/a"),
            ] {
                let body = method == "PUT" ? #"{"id":"x","title":"X"}"# : nil
                let answer = try await server.send(path, method: method, body: body)
                try check(answer, operation, operations, document)
                shown.insert("\(operation) \(answer.status)")
            }
        }
        try await RunningServer.with(flags: ["api.keys": "0123456789abcdef"]) { server in
            let guarded = [
                ("putItems", "PUT", "/v1/items"), ("deleteItem", "DELETE", "/v1/items/a"),
                ("getUser", "GET", "/v1/users/u"),
            ]
            for (operation, method, path) in guarded {
                let answer = try await server.send(path, method: method)
                try check(answer, operation, operations, document)
                shown.insert("\(operation) \(answer.status)")
            }
            server.store.change { $0.isAway = true }
            let key = ["authorization": "Bearer 0123456789abcdef"]
            for (operation, path) in [
                ("getRecommendations", "/v1/recommendations?user=u"), ("getTrending", "/v1/trending"),
                ("getItem", "/v1/items/a"), ("getSimilarItems", "/v1/items/a/similar"), ("getUser", "/v1/users/u"),
            ] {
                let answer = try await server.send(path, headers: key)
                try check(answer, operation, operations, document)
                shown.insert("\(operation) \(answer.status)")
            }
            server.store.change { $0.isDamaged = true }
            let damaged = try await server.send("/v1/users/u", headers: key)
            try check(damaged, "getUser", operations, document)
            shown.insert("getUser \(damaged.status)")
        }
        let documented = try operations.flatMap { _, _, operation in
            let name = try #require(operation["operationId"] as? String)
            return try #require(operation["responses"] as? [String: Any]).keys.map { "\(name) \($0)" }
        }
        #expect(Set(documented).subtracting(shown).isEmpty)
    }

    private func fill(_ store: InMemoryServingStore) {
        store.change { state in
            state.items["a"] = CatalogItem(
                id: "a",
                title: "A",
                categories: ["x"],
                tags: ["t"],
                creator: "me",
                price: 1.5
            )
            state.lists[UserKey(userID: "u")] = RecommendationList(
                ["a", "unknown"],
                revision: 2,
                because: "because_you_viewed",
                of: "a"
            )
            state.trending = RankedItem.ranked(["a"])
            state.similar["a"] = RankedItem.ranked(["a"])
            var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 1000))
            profile.categories.masses = ["x": .init(liked: 1.5)]
            profile.items["a"] = ItemSignal(type: .view, strength: 1, lastTime: Timestamp(milliseconds: 1000))
            profile.counters = [.view: 1]
            state.profiles[UserKey(userID: "u")] = profile
        }
    }

    private func check(
        _ answer: RunningServer.Answer,
        _ name: String,
        _ operations: [(method: String, path: String, [String: Any])],
        _ document: [String: Any]
    ) throws {
        let schema = JSONSchema(document: document)
        let operation = try #require(operations.first { $0.2["operationId"] as? String == name }).2
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        var response = try #require(responses[String(answer.status)], "\(name) answered \(answer.status)")
        if let reference = response["$ref"] as? String { response = try #require(schema.resolve(reference)) }
        let content = try #require(response["content"] as? [String: [String: Any]])
        let type = try #require(answer.headers["content-type"])
        let documented = try #require(content[type]?["schema"] as? [String: Any], "\(name) answered \(type)")
        let body = try JSONSerialization.jsonObject(with: answer.body)
        #expect(schema.problems(of: body, schema: documented) == [], "\(name) \(answer.status): \(answer.text)")
    }
}
