/// Where a setting's value came from; an earlier case wins over a later one.
public enum SettingsSource: String, Sendable, CaseIterable {
    /// A command-line flag.
    case flag
    /// An environment variable.
    case environment
    /// The file given with `--config`.
    case file
    /// The default in the code.
    case `default`
}
