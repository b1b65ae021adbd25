import Catalog
import Events
import Foundation
import NIOConcurrencyHelpers
import Profiles
import Stores
import Testing

@testable import Server

@Suite struct ServerRouterTests {
    private let items = ["a", "b", "c"].map { CatalogItem(id: $0, title: "Title \($0)", categories: ["Drama"]) }

    private func fill(_ store: InMemoryServingStore) {
        store.change { state in
            for item in items { state.items[item.id] = item }
            state.lists[UserKey(userID: "u 1")] = RecommendationList(
                ["b", "a"],
                revision: 7,
                because: "because_you_viewed",
                of: "c"
            )
            state.trending = RankedItem.ranked(["c", "b", "a"])
            state.similar["a"] = RankedItem.ranked(["c"])
        }
    }

    @Test func `a user gets the list that the scorer wrote, in one round trip once cards are known`() async throws {
        try await RunningServer.with { server in
            fill(server.store)
            _ = try await server.send("/v1/recommendations?user=u%201")
            server.store.change { $0.roundTrips = 0 }
            let answer = try await server.send("/v1/recommendations?user=u%201&placement=home&limit=2")
            #expect(answer.status == 200)
            #expect(server.store.state.withLockedValue { $0.roundTrips } == 1)
            let json = try answer.json()
            #expect(json["user"] as? String == "u 1")
            #expect(json["placement"] as? String == "home")
            #expect(json["profileRevision"] as? Int == 7)
            #expect(json["modelVersion"] as? Int == 3)
            #expect(json["policy"] as? String == "blend@3")
            #expect(json["fallback"] is NSNull)
            let first = try #require((json["items"] as? [[String: Any]])?.first)
            #expect(first["id"] as? String == "b")
            #expect((first["item"] as? [String: Any])?["title"] as? String == "Title b")
            let reason = try #require(first["reason"] as? [String: Any])
            #expect(reason["type"] as? String == "because_you_viewed")
            #expect(reason["itemId"] as? String == "c")
            #expect(reason["title"] as? String == "Title c")
        }
    }

    @Test func `an unknown user or visitor gets what is trending`() async throws {
        try await RunningServer.with { server in
            fill(server.store)
            for query in ["user=nobody", "anonymous=a-7"] {
                let json = try await server.send("/v1/recommendations?\(query)").json()
                #expect(json["fallback"] as? String == "trending")
                #expect(json["profileRevision"] is NSNull)
                #expect((json["items"] as? [[String: Any]])?.map { $0["id"] as? String } == ["c", "b", "a"])
            }
        }
    }

    @Test func `an empty catalog gives an empty list, not an error`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("/v1/recommendations?user=u")
            #expect(answer.status == 200)
            let json = try answer.json()
            #expect(json["fallback"] as? String == "none")
            #expect((json["items"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func `what is stored and cannot be read is left out of the answer; only a profile is a 500`() async throws {
        try await RunningServer.with { server in
            server.store.change { $0.isDamaged = true }
            for path in ["/v1/recommendations?user=u", "/v1/trending", "/v1/items/a/similar"] {
                let answer = try await server.send(path)
                #expect(answer.status == 200, "\(path)")
                #expect((try answer.json()["items"] as? [Any])?.isEmpty == true, "\(path)")
            }
            let profile = try await server.send("/v1/users/u")
            #expect(profile.status == 500)
            #expect(try profile.json()["detail"] as? String == "a stored value cannot be read")
        }
    }

    @Test func `while the store is away the last trending list stands in, and without one it is 503`() async throws {
        try await RunningServer.with { server in
            fill(server.store)
            server.store.change { $0.isAway = true }
            let nothing = try await server.send("/v1/recommendations?user=u")
            #expect(nothing.status == 503)
            #expect(nothing.headers["retry-after"] == "1")
            #expect(nothing.headers["content-type"] == "application/problem+json")
            server.store.change { $0.isAway = false }
            _ = try await server.send("/v1/recommendations?user=u")
            server.store.change { $0.isAway = true }
            let json = try await server.send("/v1/recommendations?user=u").json()
            #expect(json["fallback"] as? String == "trending-cached")
            #expect((json["items"] as? [Any])?.count == 3)
        }
    }

    @Test func `what became unavailable is not shown`() async throws {
        try await RunningServer.with { server in
            fill(server.store)
            server.store.change { $0.items["c"]?.isAvailable = false }
            let json = try await server.send("/v1/trending?limit=2").json()
            #expect((json["items"] as? [[String: Any]])?.map { $0["id"] as? String } == ["b", "a"])
        }
    }

    @Test(arguments: [
        "/v1/recommendations", "/v1/recommendations?user=", "/v1/recommendations?user=a&anonymous=b",
        "/v1/recommendations?user=u&limit=0", "/v1/recommendations?user=u&limit=101",
        "/v1/recommendations?user=u&limit=ten", "/v1/recommendations?user=a%00b",
        "/v1/recommendations?user=u&placement=", "/v1/trending?limit=-1", "/v1/items/a/similar?limit=1.5",
        "/v1/items/%FF", "/v1/users/a%0Ab",
    ])
    func `a wrong parameter is a clear 400`(path: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.send(path)
            #expect(answer.status == 400)
            #expect(answer.headers["content-type"] == "application/problem+json")
            let json = try answer.json()
            #expect(json["status"] as? Int == 400)
            #expect((json["detail"] as? String)?.isEmpty == false)
        }
    }

    @Test func `an id may hold what a path may not`() async throws {
        try await RunningServer.with { server in
            server.store.change { $0.items["a/b ~ü%"] = CatalogItem(id: "a/b ~ü%", title: "Odd") }
            let answer = try await server.send("/v1/items/a%2Fb%20~%C3%BC%25")
            #expect(answer.status == 200)
            #expect(try answer.json()["title"] as? String == "Odd")
        }
    }

    @Test func `items are written one by one, as an array or as lines, and bad ones alone are rejected`() async throws {
        try await RunningServer.with { server in
            let one = try await server.send("/v1/items", method: "PUT", body: #"{"id":"x","title":"X"}"#)
            #expect(one.status == 202)
            #expect(one.text == #"{"accepted":1,"rejected":[]}"#)

            let array = #"[{"id":"y","title":"Y"},{"id":"","title":"?"},{"title":"no id"},{"id":"z","title":"Z"}]"#
            let some = try await server.send("/v1/items", method: "PUT", body: array).json()
            #expect(some["accepted"] as? Int == 2)
            let rejected = try #require(some["rejected"] as? [[String: Any]])
            #expect(rejected.map { $0["index"] as? Int } == [1, 2])
            #expect(rejected.map { $0["reason"] as? String } == ["invalid-id", "missing-field"])

            let lines = "{\"id\":\"l1\",\"title\":\"L\"}\n\nnonsense\n{\"id\":\"l2\",\"title\":\"L\"}\r\n"
            let type = ["content-type": "application/x-ndjson; charset=utf-8"]
            let both = try await server.send("/v1/items", method: "PUT", body: lines, headers: type).json()
            #expect(both["accepted"] as? Int == 2)
            #expect((both["rejected"] as? [Any])?.count == 1)

            let ids = server.writer.changes.withLockedValue { changes in
                changes.map { change in if case .upsert(let item) = change { item.id } else { "?" } }
            }
            #expect(ids == ["x", "y", "z", "l1", "l2"])
        }
    }

    @Test func `what cannot be taken as a whole is refused as a whole`() async throws {
        try await RunningServer.with(flags: ["http.body.max.bytes": "2000"]) { server in
            #expect(try await server.send("/v1/items", method: "PUT", body: "nonsense").status == 400)
            #expect(try await server.send("/v1/items", method: "PUT", body: "").status == 400)
            let text = ["content-type": "text/plain"]
            #expect(try await server.send("/v1/items", method: "PUT", body: "{}", headers: text).status == 415)
            let large = "[\(String(repeating: " ", count: 3000))]"
            #expect(try await server.send("/v1/items", method: "PUT", body: large).status == 413)
            server.writer.isAway.withLockedValue { $0 = true }
            let away = try await server.send("/v1/items", method: "PUT", body: #"{"id":"x","title":"X"}"#)
            #expect(away.status == 503)
            #expect(away.headers["retry-after"] != nil)
        }
    }

    @Test func `an item is deleted by a tombstone`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("/v1/items/a%2Fb", method: "DELETE")
            #expect(answer.status == 202)
            let changes = server.writer.changes.withLockedValue { $0 }
            #expect(changes == [.delete("a/b")])
        }
    }

    @Test func `with keys, writing and user endpoints need one; reading does not`() async throws {
        let key = "0123456789abcdef"
        try await RunningServer.with(flags: ["api.keys": "fedcba9876543210,\(key)"]) { server in
            fill(server.store)
            for (method, path) in [("PUT", "/v1/items"), ("DELETE", "/v1/items/a"), ("GET", "/v1/users/u")] {
                for header in ["", "Bearer ", "Bearer 0123456789abcde", "Bearer \(key)0", "Basic \(key)"] {
                    let answer = try await server.send(path, method: method, headers: ["authorization": header])
                    #expect(answer.status == 401, "\(method) \(path) with '\(header)'")
                    #expect(answer.headers["www-authenticate"] == "Bearer")
                }
            }
            let allowed = try await server.send(
                "/v1/items",
                method: "PUT",
                body: #"{"id":"x","title":"X"}"#,
                headers: ["authorization": "Bearer \(key)"]
            )
            #expect(allowed.status == 202)
            #expect(try await server.send("/v1/trending").status == 200)
            #expect(try await server.send("/demo").status == 404)
        }
    }

    @Test func `without a key only this machine's own names are answered`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("/v1/trending", headers: ["host": "evil.example:8081"])
            #expect(answer.status == 421)
        }
    }

    @Test func `a known path with another method names the methods that it has`() async throws {
        try await RunningServer.with { server in
            for (method, path, allowed) in [
                ("POST", "/v1/recommendations", "GET"), ("GET", "/v1/items", "PUT"),
                ("PATCH", "/v1/items/a", "DELETE, GET"), ("PROPFIND", "/v1/items/a/similar/", "GET"),
            ] {
                let answer = try await server.send(path, method: method)
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers["allow"] == allowed)
                #expect(answer.headers["content-type"] == "application/problem+json")
            }
            for path in ["/v1", "/v1/items/a/b", "/nowhere"] {
                #expect(try await server.send(path, method: "POST").status == 404, "\(path)")
            }
        }
    }

    @Test func `a profile is readable`() async throws {
        try await RunningServer.with { server in
            var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 1000))
            profile.revision = 2
            profile.counters = [.click: 2]
            profile.sessions = 1
            profile.categories.masses = ["Drama": .init(liked: 4, disliked: 1), "Horror": .init(liked: 0, disliked: 3)]
            profile.items["b"] = ItemSignal(type: .click, strength: 2, lastTime: Timestamp(milliseconds: 1000))
            profile.segments.memberships = [.cluster(2), .rfm(.loyal), .rule("fans")]
            profile.segments.modelVersion = 7
            server.store.change { $0.profiles[UserKey(anonymousID: "a-7")] = profile }
            let answer = try await server.send("/v1/users/~a-7")
            #expect(
                answer.text == """
                    {"user":"~a-7","revision":2,"firstSeen":"1970-01-01T00:00:01.000Z",\
                    "lastSeen":"1970-01-01T00:00:01.000Z","sessions":1,"counters":{"click":2},\
                    "affinities":{"asOf":"1970-01-01T00:00:01.000Z","categories":[\
                    {"name":"Drama","affinity":3,"liked":4,"disliked":1},\
                    {"name":"Horror","affinity":-3,"liked":0,"disliked":3}],"tags":[],"creators":[]},\
                    "items":[{"id":"b","signal":"click","strength":2,"lastTime":"1970-01-01T00:00:01.000Z",\
                    "count":1,"consumed":false,"rejected":false}],\
                    "rfm":{"recencyDays":null,"frequency":0,"monetary":0},\
                    "segments":{"names":["cluster-2","rfm-loyal","fans"],"modelVersion":7}}
                    """
            )
            #expect(try await server.send("/v1/users/nobody").status == 404)
        }
    }

    @Test func `pages of allowed origins may call`() async throws {
        try await RunningServer.with(flags: ["http.cors.origins": "https://shop.example"]) { server in
            let preflight = try await server.send(
                "/v1/items",
                method: "OPTIONS",
                headers: ["origin": "https://shop.example", "access-control-request-method": "PUT"]
            )
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == "https://shop.example")
            let other = try await server.send("/v1/trending", headers: ["origin": "https://other.example"])
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func `the storefront is served from the binary, and trusts nobody else's scripts`() async throws {
        try await RunningServer.with(flags: ["demo.collector.url": "http://127.0.0.1:7777"]) { server in
            let page = try await server.send("/demo")
            #expect(page.status == 200)
            #expect(
                page.headers["content-security-policy"]?.contains("connect-src 'self' http://127.0.0.1:7777;") == true
            )
            for part in page.text.matches(of: /"(\/demo\/[a-z.]+)"/) {
                let file = try await server.send(String(part.1))
                #expect(file.status == 200, "\(part.1)")
            }
            #expect(try await server.send("/demo/config.json").text.contains("http://127.0.0.1:7777"))
        }
    }
}
