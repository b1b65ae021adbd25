import Foundation
import Logging

/// Writes each log statement as one line to standard error, as JSON or as text.
///
/// JSON keys are `ts` (RFC 3339 with milliseconds, UTC), `level`, `service`, `message`, then the metadata with
/// dotted keys.
struct ServiceLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    private let service: String
    private let format: LogFormat
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void

    /// Creates a handler that writes to standard error.
    init(service: String, format: LogFormat, level: Logger.Level) {
        self.init(service: service, format: format, level: level, now: { Date() }) { line in
            // One write per line: lines of several threads do not mix.
            try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
        }
    }

    init(
        service: String,
        format: LogFormat,
        level: Logger.Level,
        now: @escaping @Sendable () -> Date,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.service = service
        self.format = format
        self.logLevel = level
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { _, new in new } }
        if let own = event.metadata { values.merge(own) { _, new in new } }
        if let error = event.error, values["error"] == nil { values["error"] = "\(error)" }
        var fields: [(String, Logger.Metadata.Value)] = []
        for key in values.keys.sorted() { Self.flatten(key, values[key] ?? "", into: &fields) }
        let line =
            switch format {
            case .json: json(level: event.level, message: event.message.description, fields: fields)
            case .text: text(level: event.level, message: event.message.description, fields: fields)
            }
        write(line + "\n")
    }

    private static func flatten(
        _ key: String,
        _ value: Logger.Metadata.Value,
        into fields: inout [(String, Logger.Metadata.Value)]
    ) {
        guard case .dictionary(let nested) = value else { return fields.append((key, value)) }
        for name in nested.keys.sorted() { flatten("\(key).\(name)", nested[name] ?? "", into: &fields) }
    }

    private func json(level: Logger.Level, message: String, fields: [(String, Logger.Metadata.Value)]) -> String {
        var line = "{\"ts\":\"\(timestamp)\",\"level\":\"\(level.rawValue)\",\"service\":"
        JSONText.append(service, to: &line)
        line += ",\"message\":"
        JSONText.append(message, to: &line)
        for (key, value) in fields {
            line += ","
            JSONText.append(Self.reserved.contains(key) ? "metadata.\(key)" : key, to: &line)
            line += ":"
            if case .array(let elements) = value {
                line += "["
                for (index, element) in elements.enumerated() {
                    if index > 0 { line += "," }
                    JSONText.append(element.description, to: &line)
                }
                line += "]"
            } else {
                JSONText.append(value.description, to: &line)
            }
        }
        return line + "}"
    }

    private static let reserved: Set<String> = ["ts", "level", "service", "message"]

    private func text(level: Logger.Level, message: String, fields: [(String, Logger.Metadata.Value)]) -> String {
        var line = "\(timestamp) \(level.rawValue.uppercased()) \(service): \(message)"
        for (key, value) in fields {
            let text = value.description
            let isPlain = !text.isEmpty && text.allSatisfy { $0.isASCII && !$0.isWhitespace && $0 != "\"" }
            line += " \(key)="
            if isPlain { line += text } else { JSONText.append(text, to: &line) }
        }
        return line
    }

    private var timestamp: String {
        now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
