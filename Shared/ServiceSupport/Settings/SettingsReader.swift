import Configuration
import NIOConcurrencyHelpers

/// Reads settings strictly, and remembers every key it was asked for.
///
/// A flag wins over the environment, the environment over the file, the file over the default. A value that is
/// present but wrong is an error that names the key and the text; it never turns into the default silently. Because
/// every key that a service reads is recorded, `--help`, `--print-settings` and the table in the documentation come
/// from the code, and ``checkNoUnknownKeys()`` finds typing mistakes in the file. So read all keys, always, once,
/// at start: a key read only under a condition would be unknown otherwise.
public final class SettingsReader: Sendable {
    private struct Layer: Sendable {
        let source: SettingsSource
        let provider: any ConfigProvider
    }

    private let layers: [Layer]
    /// The keys of flags and file, as written, which must all be known in the end.
    private let givenKeys: [(key: String, source: SettingsSource)]
    private let environment: [String: String]
    private let recorded = NIOLockedValueBox<[Setting]>([])
    private let prefixes = NIOLockedValueBox<Set<String>>([])

    /// Creates a reader over flags, environment variables and an optional JSON file.
    public convenience init(
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        filePath: String? = nil
    ) throws(SettingsError) {
        var file: [String: ConfigContent] = [:]
        if let filePath { file = try SettingsFile(path: filePath).values }
        self.init(flags: flags, environment: environment, file: file)
    }

    /// Creates a reader that knows nothing but the defaults: for help and documentation.
    public static func defaults() -> SettingsReader {
        SettingsReader(flags: [:], environment: [:], file: [:])
    }

    init(flags: [String: String], environment: [String: String], file: [String: ConfigContent]) {
        let flagContents = flags.mapValues { ConfigContent.string($0) }
        layers = [
            Layer(source: .flag, provider: Self.provider(name: "flags", flagContents)),
            Layer(
                source: .environment,
                provider: EnvironmentVariablesProvider(environmentVariables: environment)
            ),
            Layer(source: .file, provider: Self.provider(name: "file", file)),
        ]
        givenKeys = flags.keys.sorted().map { ($0, .flag) } + file.keys.sorted().map { ($0, .file) }
        self.environment = environment
    }

    private static func provider(name: String, _ contents: [String: ConfigContent]) -> InMemoryProvider {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, content) in contents { values[absolute(key)] = ConfigValue(content, isSecret: false) }
        return InMemoryProvider(name: name, values: values)
    }

    private static func absolute(_ key: String) -> AbsoluteConfigKey {
        AbsoluteConfigKey(key.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
    }

    /// Every setting that was read, in reading order.
    public var settings: [Setting] { recorded.withLockedValue { $0 } }

    /// Throws for a key of the file or of a flag that nothing has read.
    public func checkNoUnknownKeys() throws(SettingsError) {
        let known = Set(settings.map(\.key))
        let open = prefixes.withLockedValue { $0 }
        for (key, source) in givenKeys where !known.contains(key) {
            if open.contains(where: { key.hasPrefix($0 + ".") }) { continue }
            let origin = source == .flag ? "on the command line" : "in the settings file"
            throw SettingsError(key: key, problem: "unknown key \(origin)")
        }
    }

    /// Reads text; with `allowed`, only these.
    public func string(
        _ key: String,
        default defaultValue: String,
        allowed: [String] = [],
        isSecret: Bool = false,
        description: String
    ) throws(SettingsError) -> String {
        let hint = allowed.isEmpty ? "" : "one of \(allowed.joined(separator: ", "))"
        return try read(
            key,
            default: defaultValue,
            kind: "text",
            expected: hint.isEmpty ? "text" : hint,
            isSecret: isSecret,
            description: hint.isEmpty ? description : "\(description) (\(hint))",
            format: { $0 },
            parse: { allowed.isEmpty || allowed.contains($0) ? $0 : nil }
        )
    }

    /// Reads a whole number within `range`.
    public func int(
        _ key: String,
        default defaultValue: Int,
        range: ClosedRange<Int> = 0...Int.max,
        description: String
    ) throws(SettingsError) -> Int {
        let bounds =
            range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        return try read(
            key,
            default: defaultValue,
            kind: "whole number",
            expected: "a whole number, \(bounds)",
            description: "\(description) (\(bounds))",
            format: { String($0) },
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads a number within `range`.
    public func double(
        _ key: String,
        default defaultValue: Double,
        range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
        description: String
    ) throws(SettingsError) -> Double {
        let isBounded = range.upperBound < Double.greatestFiniteMagnitude
        let bounds = isBounded ? "\(range.lowerBound) to \(range.upperBound)" : ""
        return try read(
            key,
            default: defaultValue,
            kind: "number",
            expected: isBounded ? "a number, \(bounds)" : "a number",
            description: isBounded ? "\(description) (\(bounds))" : description,
            format: { String($0) },
            parse: { Double($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads `true` or `false`.
    public func bool(_ key: String, default defaultValue: Bool, description: String) throws(SettingsError) -> Bool {
        try read(
            key,
            default: defaultValue,
            kind: "true or false",
            expected: "true or false",
            description: description,
            format: { String($0) },
            parse: { Bool($0.lowercased()) }
        )
    }

    /// Reads a duration such as `250ms`, `5s`, `10m`, `1h` or `7d`, within `range`.
    public func duration(
        _ key: String,
        default defaultValue: Duration,
        range: ClosedRange<Duration> = .zero ... .seconds(31_536_000),
        description: String
    ) throws(SettingsError) -> Duration {
        let bounds = "\(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        return try read(
            key,
            default: defaultValue,
            kind: "duration",
            expected: "a duration such as 250ms, 5s, 10m, 1h or 7d, \(bounds)",
            description: "\(description) (\(bounds))",
            format: DurationText.format,
            parse: { DurationText.parse($0).flatMap { range.contains($0) ? $0 : nil } }
        )
    }

    /// Reads a list: comma-separated on the command line and in the environment, a JSON array in the file.
    public func list(
        _ key: String,
        default defaultValue: [String] = [],
        isSecret: Bool = false,
        description: String
    ) throws(SettingsError) -> [String] {
        try read(
            key,
            default: defaultValue,
            kind: "list",
            expected: "a list (in the file a JSON array, else separated by commas)",
            isSecret: isSecret,
            description: description,
            format: { $0.joined(separator: ",") },
            parse: { text in
                let parts = text.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
                return parts.map { part in String(part.reversed().drop { $0 == " " }.reversed()) }.filter {
                    !$0.isEmpty
                }
            },
            convert: { $0 }
        )
    }

    /// Reads all keys under `prefix` as text: `kafka.properties.security.protocol` gives `security.protocol`.
    ///
    /// In an environment variable's name the rest is lower-cased and underscores become dots.
    public func properties(
        _ prefix: String,
        isSecret: (String) -> Bool = { _ in false },
        description: String
    ) throws(SettingsError) -> [String: String] {
        prefixes.withLockedValue { _ = $0.insert(prefix) }
        var found: [String: SettingsSource] = [:]
        let environmentPrefix = Setting.environmentName(of: prefix) + "_"
        for name in environment.keys where name.hasPrefix(environmentPrefix) {
            let rest = name.dropFirst(environmentPrefix.count).lowercased()
            found[String(rest.map { $0 == "_" ? "." : $0 })] = .environment
        }
        for (key, source) in givenKeys where key.hasPrefix(prefix + ".") {
            found[String(key.dropFirst(prefix.count + 1))] = source
        }
        record(
            Setting(
                key: prefix + ".*",
                kind: "text",
                defaultText: "",
                description: description,
                isSecret: false,
                text: "",
                source: .default
            )
        )
        var result: [String: String] = [:]
        for name in found.keys.sorted() {
            result[name] = try string(
                "\(prefix).\(name)",
                default: "",
                isSecret: isSecret(name),
                description: "passed on as \(name)"
            )
        }
        return result
    }

    // MARK: The one strict read

    private func read<Value>(
        _ key: String,
        default defaultValue: Value,
        kind: String,
        expected: String,
        isSecret: Bool = false,
        description: String,
        format: (Value) -> String,
        parse: (String) -> Value?,
        convert: (([String]) -> Value?)? = nil
    ) throws(SettingsError) -> Value {
        var value = defaultValue
        var source = SettingsSource.default
        if let given = lookUp(key) {
            source = given.source
            let parsed: Value?
            switch given.content {
            case .string(let text): parsed = parse(text)
            case .stringArray(let texts): parsed = convert?(texts)
            default: parsed = nil
            }
            guard let parsed else {
                let shown = isSecret ? "the given text" : "'\(Self.text(of: given.content))'"
                throw SettingsError(key: key, problem: "\(shown) (\(origin(of: key, source))) is not \(expected)")
            }
            value = parsed
        }
        record(
            Setting(
                key: key,
                kind: kind,
                defaultText: format(defaultValue),
                description: description,
                isSecret: isSecret,
                text: isSecret && !format(value).isEmpty ? "***" : format(value),
                source: source
            )
        )
        return value
    }

    private func lookUp(_ key: String) -> (content: ConfigContent, source: SettingsSource)? {
        let absolute = Self.absolute(key)
        for layer in layers {
            for type in [ConfigType.string, .stringArray] {
                if let result = try? layer.provider.value(forKey: absolute, type: type), let value = result.value {
                    return (value.content, layer.source)
                }
            }
        }
        return nil
    }

    private func origin(of key: String, _ source: SettingsSource) -> String {
        switch source {
        case .environment: "from \(Setting.environmentName(of: key))"
        case .flag: "from the command line"
        case .file: "from the settings file"
        case .default: "the default"
        }
    }

    private static func text(of content: ConfigContent) -> String {
        switch content {
        case .string(let text): text
        case .stringArray(let texts): "[\(texts.joined(separator: ", "))]"
        default: ""
        }
    }

    private func record(_ setting: Setting) {
        recorded.withLockedValue { settings in
            settings.removeAll { $0.key == setting.key }
            settings.append(setting)
        }
    }
}
