public import Logging

/// What is logged, and how.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `log.level` | `info` | `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical` |
/// | `log.format` | `json` | `json` for machines, `text` for people |
public struct LogSettings: Sendable, Hashable {
    /// The lowest level that is logged.
    public let level: Logger.Level
    /// The shape of a line.
    public let format: LogFormat

    /// Reads the keys under `log.`.
    public init(from reader: SettingsReader) throws(SettingsError) {
        let level = try reader.string(
            "log.level",
            default: "info",
            allowed: Logger.Level.allCases.map(\.rawValue),
            description: "lowest level that is logged"
        )
        let format = try reader.string(
            "log.format",
            default: "json",
            allowed: LogFormat.allCases.map(\.rawValue),
            description: "shape of a log line"
        )
        self.level = Logger.Level(rawValue: level) ?? .info
        self.format = LogFormat(rawValue: format) ?? .json
    }
}
