import ServiceSupport
import Testing

@testable import Server

@Suite struct ServerSettingsTests {
    @Test func `without a key the server does not listen to other machines`() throws {
        let open = try SettingsReader(flags: ["http.host": "0.0.0.0"])
        let error = #expect(throws: SettingsError.self) { try ServerSettings(from: open) }
        #expect(error?.key == "http.host")
        #expect(error?.problem.contains("api.keys") == true)
        let locked = try SettingsReader(flags: ["http.host": "0.0.0.0", "api.keys": "0123456789abcdef"])
        let settings = try ServerSettings(from: locked)
        #expect(!settings.demo.isEnabled)
    }

    @Test func `a short key is refused and not shown`() throws {
        let reader = try SettingsReader(flags: ["api.keys": "hunter2"])
        let error = #expect(throws: SettingsError.self) { try ServerSettings(from: reader) }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `the page's collector is an address and nothing else`() throws {
        let reader = try SettingsReader(flags: ["demo.collector.url": "http://a; script-src *"])
        #expect(throws: SettingsError.self) { try ServerSettings(from: reader) }
    }
}
