import ArgumentParser
import Foundation
import Kafka
import Logging
import ServiceSupport
import Stores

/// The services' settings: a file and single keys.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A JSON file of settings, as the services read it.", valueName: "file"))
    var config: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Sets one key; may be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    /// The settings as they were given, in the services' order: flag, environment, file, default; `flags` are other options.
    func reader(with flags: [String: String] = [:]) throws -> SettingsReader {
        try SettingsReader(
            flags: self.flags().merging(flags) { _, option in option },
            environment: ProcessInfo.processInfo.environment,
            filePath: config
        )
    }

    /// What `--set` says.
    func flags() throws -> [String: String] {
        var flags: [String: String] = [:]
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw ValidationError("--set '\(assignment)' is not key=value")
            }
            flags[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
        }
        return flags
    }
}

/// Where brokers and Redis are: the options that all commands share.
struct ConnectionOptions: ParsableArguments {
    @OptionGroup var given: SettingsOptions

    @Option(help: ArgumentHelp("Kafka brokers, separated by commas [KAFKA_BOOTSTRAP_SERVERS].", valueName: "host:port"))
    var kafka: String?

    @Option(help: ArgumentHelp("Redis, as redis://user:password@host:port/db [REDIS_URL].", valueName: "url"))
    var redis: String?

    /// The settings in force, in the services' order: flag, environment, file, default.
    func settings() throws -> ToolSettings {
        try ToolSettings(from: reader())
    }

    /// What was given on the command line or in the file, as environment variables for child processes.
    func environment() throws -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        let reader = try reader()
        _ = try ToolSettings(from: reader)
        for setting in reader.settings where setting.source == .file {
            // Texts of secrets do not come out of a reader.
            guard !setting.isSecret else {
                throw Complaint(
                    "\(setting.key) of the settings file cannot be handed on: set \(setting.environmentName)"
                )
            }
            environment[setting.environmentName] = setting.text
        }
        for (key, value) in try flags() {
            environment[String(key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })] = value
        }
        return environment
    }

    /// Whether brokers are named anywhere.
    func namesBrokers() throws -> Bool { try isGiven("kafka.bootstrap.servers") }

    /// Whether a Redis is named anywhere.
    func namesRedis() throws -> Bool { try isGiven("redis.url") }

    private func isGiven(_ key: String) throws -> Bool {
        let reader = try reader()
        _ = try ToolSettings(from: reader)
        return reader.settings.contains { $0.key == key && $0.source != .default }
    }

    /// The settings as they were given, for a command that reads more of them than the tool.
    func reader() throws -> SettingsReader { try given.reader(with: addresses) }

    private var addresses: [String: String] {
        var flags: [String: String] = [:]
        if let kafka { flags["kafka.bootstrap.servers"] = kafka }
        if let redis { flags["redis.url"] = redis }
        return flags
    }

    private func flags() throws -> [String: String] { try given.flags().merging(addresses) { _, option in option } }
}

/// The settings that the tool itself uses; the services' other keys may stand beside them.
struct ToolSettings: Sendable {
    let kafka: KafkaConnectionSettings
    let redis: RedisSettings
    let topics: TopicNames
    let keys: KeySpace
    let registry: ModelRegistry

    init(from reader: SettingsReader) throws(SettingsError) {
        kafka = try KafkaConnectionSettings(from: reader, clientID: "freshet")
        redis = try RedisSettings(from: reader)
        topics = try TopicNames(from: reader)
        keys = try KeySpace(from: reader)
        registry = ModelRegistry(
            setting: try reader.string("models.registry", default: "redis", description: "where artefacts are")
        )
    }

    /// Warnings of the libraries, as text on standard error.
    static let logger: Logger = {
        var logger = Logger(label: "freshet", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return logger
    }()
}

/// An error that people read: what is wrong and what to do about it.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
