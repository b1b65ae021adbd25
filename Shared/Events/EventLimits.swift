/// How large, how old and how new an event may be.
public struct EventLimits: Hashable, Sendable {
    /// The most bytes of JSON an event may have.
    public var maximumEventBytes = 32 * 1024
    /// The most bytes a batch may have, after decompression.
    public var maximumBatchBytes = 500 * 1024
    /// The most events a batch may have.
    public var maximumBatchEvents = 2_500
    /// The most bytes of UTF-8 an id may have; a user id and `~` + anonymous id are record keys.
    public var maximumIDBytes = UserKey.maximumLength
    /// The most items an impression may list.
    public var maximumItems = 200
    /// The most bytes of UTF-8 a text field may have that is not an id.
    public var maximumTextBytes = 2_048
    /// How far ahead of "now" an event may be, in milliseconds: 24 hours.
    public var maximumLeadMilliseconds: Int64 = 24 * 3_600_000
    /// The age in milliseconds from which an event counts as old: 7 days.
    public var oldAgeMilliseconds: Int64 = 7 * 24 * 3_600_000

    /// The limits that the documentation states.
    public init() {}
}
