import Configuration
import Events
import Foundation
import Testing

@testable import ServiceSupport

@Suite struct SettingsReaderTests {
    private func reader(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        json: String = "{}"
    ) throws -> SettingsReader {
        let file = try SettingsFile(json: Data(json.utf8), path: "test.json")
        return SettingsReader(flags: flags, environment: environment, file: file.values)
    }

    @Test func `a flag wins over the environment, that over the file, that over the default`() throws {
        let json = #"{"http": {"port": 3}}"#
        let all = try reader(flags: ["http.port": "1"], environment: ["HTTP_PORT": "2"], json: json)
        let noFlag = try reader(environment: ["HTTP_PORT": "2"], json: json)
        let onlyFile = try reader(json: json)
        let none = try reader()
        #expect(try all.int("http.port", default: 4, description: "") == 1)
        #expect(try noFlag.int("http.port", default: 4, description: "") == 2)
        #expect(try onlyFile.int("http.port", default: 4, description: "") == 3)
        #expect(try none.int("http.port", default: 4, description: "") == 4)
        #expect(all.settings.map(\.source) == [.flag])
        #expect(onlyFile.settings.map(\.source) == [.file])
    }

    @Test(arguments: ["abc", "", "1.5", "99999999999999999999", "-1", "70000", " 80"])
    func `a wrong whole number names the key and the text`(text: String) throws {
        let reader = try reader(environment: ["HTTP_PORT": text])
        let error = #expect(throws: SettingsError.self) {
            try reader.int("http.port", default: 8080, range: 0...65_535, description: "")
        }
        #expect(error?.key == "http.port")
        #expect(error?.description.contains("'\(text)'") == true)
        #expect(error?.description.contains("HTTP_PORT") == true)
    }

    @Test func `each type of value is read from text and from JSON`() throws {
        let json = """
            {"a": {"flag": true, "ratio": 0.25, "whole": 2, "time": "250ms", "names": ["x", "y"], "port.number": 7}}
            """
        let fromFile = try reader(json: json)
        #expect(try fromFile.bool("a.flag", default: false, description: ""))
        #expect(try fromFile.double("a.ratio", default: 0, range: 0...1, description: "") == 0.25)
        #expect(try fromFile.double("a.whole", default: 0, description: "") == 2)
        #expect(try fromFile.duration("a.time", default: .zero, description: "") == .milliseconds(250))
        #expect(try fromFile.list("a.names", description: "") == ["x", "y"])
        #expect(try fromFile.int("a.port.number", default: 0, description: "") == 7)
        try fromFile.checkNoUnknownKeys()

        let fromEnvironment = try reader(environment: ["A_FLAG": "TRUE", "A_TIME": "1.5h", "A_NAMES": "x, y ,,"])
        #expect(try fromEnvironment.bool("a.flag", default: false, description: ""))
        #expect(try fromEnvironment.duration("a.time", default: .zero, description: "") == .seconds(5400))
        #expect(try fromEnvironment.list("a.names", description: "") == ["x", "y"])
    }

    @Test(arguments: [#"{"a": "yes"}"#, #"{"a": 1}"#, #"{"a": [true]}"#])
    func `what is not a truth value is refused`(json: String) throws {
        let reader = try reader(json: json)
        #expect(throws: SettingsError.self) { try reader.bool("a", default: false, description: "") }
    }

    @Test(arguments: ["5", "5 s", "-1s", "s", "1w", "nans", "infs"])
    func `a duration needs a number and a unit`(text: String) throws {
        let reader = try reader(flags: ["a": text])
        #expect(throws: SettingsError.self) { try reader.duration("a", default: .zero, description: "") }
    }

    @Test func `durations are shown in the largest unit that fits`() {
        #expect(DurationText.format(.milliseconds(250)) == "250ms")
        #expect(DurationText.format(.seconds(90)) == "90s")
        #expect(DurationText.format(.seconds(3600)) == "1h")
        #expect(DurationText.format(.seconds(7 * 86_400)) == "7d")
        #expect(DurationText.format(.zero) == "0s")
    }

    @Test func `only allowed words pass`() throws {
        let reader = try reader(flags: ["log.level": "loud"])
        let error = #expect(throws: SettingsError.self) { try LogSettings(from: reader) }
        #expect(error?.problem.contains("one of trace, debug") == true)
    }

    @Test func `a key that nobody reads stops the start`() throws {
        let typo = try reader(json: #"{"kafka": {"bootstrap.server": "b:1"}}"#)
        _ = try KafkaConnectionSettings(from: typo, clientID: "test")
        let error = #expect(throws: SettingsError.self) { try typo.checkNoUnknownKeys() }
        #expect(error?.key == "kafka.bootstrap.server")

        let flag = try reader(flags: ["kafka.bootstrap.server": "b:1"])
        #expect(throws: SettingsError.self) { try flag.checkNoUnknownKeys() }
    }

    @Test(arguments: ["[]", "nonsense", #"{"a": null}"#, #"{"a": {"b": 1}, "a.b": 2}"#, #"{"a": [{}]}"#])
    func `a file that is not an object of values is refused`(json: String) {
        #expect(throws: SettingsError.self) { try SettingsFile(json: Data(json.utf8), path: "test.json") }
    }

    @Test func `any librdkafka property passes from file, environment and flag`() throws {
        let reader = try reader(
            flags: ["kafka.properties.sasl.username": "me"],
            environment: [
                "KAFKA_PROPERTIES_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_PROPERTIES_SASL_PASSWORD": "hidden",
            ],
            json: #"{"kafka": {"properties": {"linger.ms": 5, "security": {"protocol": "PLAINTEXT"}}}}"#
        )
        let settings = try KafkaConnectionSettings(from: reader, clientID: "test")
        try reader.checkNoUnknownKeys()
        #expect(
            settings.properties == [
                "linger.ms": "5", "security.protocol": "SASL_SSL", "sasl.username": "me", "sasl.password": "hidden",
            ]
        )
        #expect(!SettingsTable.inForce(reader.settings).contains("hidden"))
    }

    @Test func `secrets are never shown`() throws {
        let reader = try reader(environment: ["REDIS_URL": "redis://u:hunter2@h:1/0", "API_KEYS": "k1,k2"])
        _ = try RedisSettings(from: reader)
        _ = try reader.list("api.keys", isSecret: true, description: "keys")
        let shown = SettingsTable.inForce(reader.settings)
        #expect(shown.contains("redis.url=***  # environment\n"))
        #expect(shown.contains("api.keys=***  # environment\n"))
        #expect(!shown.contains("hunter2"))
        #expect(!"\(reader.settings)".contains("hunter2"))
    }

    @Test func `a wrong secret is not quoted in the error`() throws {
        let reader = try reader(json: #"{"redis": {"url": ["hunter2"]}}"#)
        let error = #expect(throws: SettingsError.self) { try RedisSettings(from: reader) }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `a topic prefix holds only what Kafka allows in names`() throws {
        let names = try TopicNames(from: reader(flags: ["topics.prefix": "shop-1."]))
        #expect(names.events(.clicks) == "shop-1.events.clicks")
        #expect(names.allEvents.count == 7)
        #expect(throws: SettingsError.self) { try TopicNames(from: reader(flags: ["topics.prefix": "a b"])) }
    }

    @Test func `loopback addresses are recognised`() {
        for host in ["127.0.0.1", "localhost", "::1", "127.1.2.3"] {
            #expect(ListenerSettings(host: host, port: 1).isLoopback)
        }
        for host in ["0.0.0.0", "::", "10.0.0.1", "127.example.org"] {
            #expect(!ListenerSettings(host: host, port: 1).isLoopback)
        }
    }
}
