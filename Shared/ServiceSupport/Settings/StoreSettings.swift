public import Events
public import Stores

extension KeySpace {
    /// Reads `redis.key.prefix`.
    public init(from reader: SettingsReader) throws(SettingsError) {
        self.init(
            prefix: try reader.string(
                "redis.key.prefix",
                default: "",
                description: "put in front of every key, for installations that share a Redis"
            )
        )
    }
}

extension EventRouting {
    /// Reads `events.types`.
    public init(from reader: SettingsReader) throws(SettingsError) {
        let types = try reader.list("events.types", description: "further types of events, each type=topic")
        do throws(Failure) {
            try self.init(adding: types)
        } catch {
            throw SettingsError(key: "events.types", problem: error.description)
        }
    }
}

extension FenceMode {
    /// Reads `freshet.test.disable.fences`, the switch by which a test proves what fences are for.
    public init(from reader: SettingsReader) throws(SettingsError) {
        let isDisabled = try reader.string(
            "freshet.test.disable.fences",
            default: "0",
            allowed: ["0", "1"],
            description: "for tests only: 1 lets redelivered events count again"
        )
        self = isDisabled == "1" ? .disabledForTest : .enforced
    }
}
