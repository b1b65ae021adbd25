/// One key as it was read: what it is for, and the value in force.
public struct Setting: Sendable, Hashable {
    /// The dotted key.
    public let key: String
    /// The word for its type, such as `text` or `duration`.
    public let kind: String
    /// The default, as one would write it.
    public let defaultText: String
    /// What it does, and the values allowed.
    public let description: String
    /// Whether the value must not be shown.
    public let isSecret: Bool
    /// The value in force, as one would write it; `***` for a secret that is set.
    public let text: String
    /// Where the value in force came from.
    public let source: SettingsSource

    /// The name of the environment variable: upper case, with underscores for the dots.
    public var environmentName: String { Setting.environmentName(of: key) }

    static func environmentName(of key: String) -> String {
        String(key.uppercased().map { $0.isLetter || $0.isNumber || $0 == "*" ? $0 : "_" })
    }
}
