import Events
import Foundation
import Testing

@testable import Collector

/// The description of the collector's API says what the code does.
@Suite struct OpenAPITests {
    private let document: [String: Any]

    init() throws {
        let data = Data(PackageResources.openapi_json)
        document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `the reasons are the code's, without those that only records can have`() throws {
        let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
        let answer = try #require((schemas["Answer"] as? [String: Any])?["properties"] as? [String: Any])
        let items = try #require((answer["rejected"] as? [String: Any])?["items"] as? [String: Any])
        let reason = (items["properties"] as? [String: [String: Any]])?["reason"]
        let reasons = try #require(reason?["enum"] as? [String])
        let ofRecords: Set<EventError.Reason> = [.keyMismatch, .wrongTopic, .wrongPartition, .unprocessable]
        #expect(Set(reasons) == Set(EventError.Reason.allCases.filter { !ofRecords.contains($0) }.map(\.rawValue)))
    }

    @Test func `the routes and answers are described`() throws {
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        #expect(Set(paths.keys) == ["/v1/events", "/openapi.json", "/event.schema.json"])
        let responses = (paths["/v1/events"]?["post"] as? [String: Any])?["responses"] as? [String: Any]
        #expect(Set(responses.map { Array($0.keys) } ?? []) == ["202", "400", "413", "415", "429", "503"])
    }
}
