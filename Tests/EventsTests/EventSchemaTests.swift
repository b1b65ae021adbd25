import Events
import Foundation
import Testing

/// Holds `event.schema.json` against the code, in both directions.
@Suite struct EventSchemaTests {
    private let schema: [String: Any]
    private let check: SchemaCheck

    init() throws {
        schema = try #require(try JSONSerialization.jsonObject(with: Data(EventSchema.json)) as? [String: Any])
        check = try SchemaCheck(root: schema)
    }

    private func properties(of field: String? = nil) throws -> [String: [String: Any]] {
        var node = schema
        if let field { node = try #require((schema["properties"] as? [String: [String: Any]])?[field]) }
        return try #require(node["properties"] as? [String: [String: Any]])
    }

    private func accepts(_ json: String) -> Bool {
        let validator = EventValidator()
        guard let event = try? EventCodec.decode(Array(json.utf8)) else { return false }
        return (try? validator.validate(event, now: Samples.now)) != nil
    }

    private func allows(_ json: String) throws -> Bool {
        check.allows(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed))
    }

    @Test func `schema and codec have the same fields`() throws {
        // The sample has every field of the code, which a golden test ensures.
        let sample = try #require(try JSONSerialization.jsonObject(with: Data(Samples.full.utf8)) as? [String: Any])
        #expect(Set(try properties().keys) == Set(sample.keys).union(["items"]))
        for field in ["context", "recommendation", "consent"] {
            let inner = try #require(sample[field] as? [String: Any])
            #expect(Set(try properties(of: field).keys) == Set(inner.keys))
        }
    }

    @Test func `schema and routing have the same types`() throws {
        let types = try #require(try properties()["type"]?["enum"] as? [String])
        #expect(Set(types) == Set(EventRouting().topics.keys.map(\.rawValue)))
        #expect(types.count == Set(types).count)
    }

    @Test func `schema and limits have the same numbers`() throws {
        let limits = EventLimits()
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        #expect(definitions["id"]?["maxLength"] as? Int == limits.maximumIDBytes)
        #expect(try properties()["items"]?["maxItems"] as? Int == limits.maximumItems)
        for text in try properties(of: "context").values {
            #expect(text["maxLength"] as? Int == limits.maximumTextBytes)
        }
    }

    @Test func `schema and validator demand the same of each type`() throws {
        let values: [(field: String, json: String)] = [
            ("itemId", "\"i\""), ("items", "[\"i\"]"), ("value", "3"), ("userId", "\"u\""), ("anonymousId", "\"a\""),
            ("consent", "{}"),
        ]
        for type in EventRouting().topics.keys {
            // Every combination of what a type may demand.
            for bits in 0..<(1 << values.count) {
                let fields = values.enumerated().filter { bits & 1 << $0.offset != 0 }.map(\.element)
                let json = Self.event(type.rawValue, fields.map { "\"\($0.field)\":\($0.json)" })
                #expect(try accepts(json) == allows(json), "\(json)")
            }
        }
    }

    @Test(arguments: [
        #""userId":"""#, #""userId":"~x""#, #""userId":"x~""#, #""userId":null"#, #""userId":null,"anonymousId":"a""#,
        #""userId":7"#, #""anonymousId":"""#, #""sessionId":"a\u0007b""#, #""sessionId":"a\u0085b""#,
        #""sessionId":null"#,
        #""itemId":"""#, #""itemId":[]"#, #""items":[]"#, #""items":["a",""]"#, #""items":["a",1]"#, #""items":null"#,
        #""items":"a""#, #""value":-1"#, #""value":5"#, #""value":5.01"#, #""value":null"#, #""value":"4""#,
        #""value":true"#,
        #""context":{}"#, #""context":null"#, #""context":[]"#, #""context":{"page":"","new":1}"#,
        #""context":{"os":7}"#,
        #""context":{"os":null}"#, #""recommendation":{"position":0}"#, #""recommendation":{"position":-1}"#,
        #""recommendation":{"position":1.5}"#, #""recommendation":{"position":2.0}"#,
        #""recommendation":{"propensity":0}"#,
        #""recommendation":{"propensity":1}"#, #""recommendation":{"propensity":1.1}"#,
        #""recommendation":{"requestId":""}"#,
        #""consent":{"analytics":true}"#, #""consent":{"analytics":"yes"}"#, #""consent":7"#,
        #""properties":{"a":[1]}"#,
        #""properties":[]"#, #""properties":"x""#, #""unknown":{"a":1}"#, #""timestamp":"2026-11-20T20:27:38Z""#,
        #""timestamp":"2026-11-20T20:27:38+24:00""#, #""timestamp":"2026-11-20""#,
        #""timestamp":"2026-13-20T20:27:38Z""#,
        #""timestamp":1795206458081"#, #""timestamp":1.5"#, #""timestamp":null"#, #""timestamp":{}"#,
        #""timestamp":-62167219200001"#, #""eventId":"""#, #""eventId":7"#, #""type":"nothing""#, #""type":7"#,
        #""type":"View""#,
    ])
    func `schema and code agree on single fields`(field: String) throws {
        for type in ["rating", "page", "purchase"] {
            let name = field.dropFirst().prefix { $0 != "\"" }
            var fields = ["userId": "\"u\"", "itemId": "\"i\"", "value": "3"].filter { $0.key != name }
                .map { "\"\($0.key)\":\($0.value)" }
            fields.append(field)
            let json = Self.event(type, fields, without: String(name))
            #expect(try accepts(json) == allows(json), "\(json)")
        }
    }

    @Test func `schema and code agree on lengths`() throws {
        for (field, longest) in [
            ("eventId", 256), ("userId", 256), ("anonymousId", 255), ("sessionId", 256), ("itemId", 256),
        ] {
            for length in [longest, longest + 1] {
                let text = "\"\(field)\":\"\(String(repeating: "x", count: length))\""
                let json = Self.event("page", [text] + (field == "userId" ? [] : [#""userId":"u""#]), without: field)
                #expect(accepts(json) == (length == longest))
                #expect(try allows(json) == (length == longest))
            }
        }
        for count in [200, 201] {
            let items = Array(repeating: "\"i\"", count: count).joined(separator: ",")
            let json = Self.event("impression", ["\"items\":[\(items)]", #""userId":"u""#])
            #expect(accepts(json) == (count == 200))
            #expect(try allows(json) == (count == 200))
        }
    }

    private static func event(_ type: String, _ fields: [String], without: String = "") -> String {
        let base = ["eventId": "\"e\"", "type": "\"\(type)\"", "timestamp": "\"2026-11-20T20:27:38.081Z\""]
        let kept = base.filter { $0.key != without }.map { "\"\($0.key)\":\($0.value)" }
        return "{\((kept + fields).joined(separator: ","))}"
    }
}
