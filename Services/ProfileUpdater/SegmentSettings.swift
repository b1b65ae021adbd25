import ServiceSupport

/// How the profile updater puts users into segments.
struct SegmentSettings: Sendable {
    /// The file of rule segments; empty for none.
    let rulesPath: String
    let minimumEvents: Int
    let pollInterval: Duration

    init(from reader: SettingsReader) throws(SettingsError) {
        rulesPath = try reader.string(
            "segments.rules",
            default: "",
            description: "file of rule segments, YAML or JSON; none when empty"
        )
        minimumEvents = try reader.int(
            "segments.events.min",
            default: 5,
            range: 1...10_000,
            description: "events of a user before a cluster of the segment model is assigned"
        )
        pollInterval = try reader.duration(
            "segments.poll.interval",
            default: .seconds(5),
            range: .milliseconds(10) ... .seconds(3600),
            description: "how often to look for a newer segment model"
        )
    }
}
