import Foundation
import ServiceSupport
import Testing

@testable import Collector
@testable import ProfileUpdater
@testable import Scorer
@testable import Server
@testable import StreamProcessor

/// Holds `docs/configuration.md` against the settings that the services really read.
///
/// `UPDATE_DOCS=1 swift test --filter DocumentationTests` writes the tables anew.
@Suite struct ConfigurationTests {
    private static let services: [any FreshetService.Type] = [
        CollectorService.self, StreamProcessorService.self, ProfileUpdaterService.self, ScorerService.self,
        RecommendationServer.self,
    ]
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/configuration.md").standardized

    @Test func `the page's tables are what the services read`() throws {
        var text = try String(contentsOf: Self.page, encoding: .utf8)
        let updates = ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1"
        for service in Self.services {
            let begin = "<!-- settings of \(service.name) -->\n"
            let start = try #require(text.range(of: begin)?.upperBound, "\(service.name) is missing")
            let end = try #require(text.range(of: "<!-- end -->", range: start..<text.endIndex)?.lowerBound)
            let table = SettingsTable.markdown(service.documentedSettings())
            if updates {
                text.replaceSubrange(start..<end, with: table)
            } else {
                #expect(text[start..<end] == table, "run UPDATE_DOCS=1 swift test --filter DocumentationTests")
            }
        }
        if updates { try text.write(to: Self.page, atomically: true, encoding: .utf8) }
    }

    @Test func `every setting says what it does`() {
        for service in Self.services {
            for setting in service.documentedSettings() {
                #expect(setting.description.count > 5, "\(service.name): \(setting.key)")
                #expect(setting.key == setting.key.lowercased(), "\(service.name): \(setting.key)")
            }
        }
    }
}
