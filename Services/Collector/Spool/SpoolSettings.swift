import ServiceSupport

/// Where records wait while Kafka does not take them.
///
/// | key | default | meaning |
/// |---|---|---|
/// | `spool.dir` | empty | the folder, one for each instance; empty for none |
/// | `spool.max.bytes` | 1 GiB | more is answered with 503 |
/// | `spool.age.max` | `10m` | an older spool is reported as degraded |
struct SpoolSettings: Hashable, Sendable {
    let folder: String
    let maximumBytes: Int
    let maximumAge: Duration

    /// `nil` when no folder is given.
    init?(from reader: SettingsReader) throws(SettingsError) {
        folder = try reader.string(
            "spool.dir",
            default: "",
            description: "folder for events that Kafka does not take, one for each instance; empty: answer 503 instead"
        )
        maximumBytes = try reader.int(
            "spool.max.bytes",
            default: 1 << 30,
            range: 1 << 16...1 << 40,
            description: "bytes that the spool may take on disk; more is answered with 503"
        )
        maximumAge = try reader.duration(
            "spool.age.max",
            default: .seconds(600),
            description: "a spool with older events is reported as degraded"
        )
        guard !folder.isEmpty else { return nil }
    }

    init(folder: String, maximumBytes: Int = 1 << 30, maximumAge: Duration = .seconds(600)) {
        self.folder = folder
        self.maximumBytes = maximumBytes
        self.maximumAge = maximumAge
    }
}
