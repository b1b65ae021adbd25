/// Why an event is not accepted.
public struct EventError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons, as they stand in answers, headers and metric labels; stable.
    public enum Reason: String, CaseIterable, Sendable {
        /// Not JSON, or not one JSON object.
        case malformedJSON = "malformed-json"
        /// JSON whose text is not UTF-8.
        case invalidUTF8 = "invalid-utf8"
        /// The event is larger than ``EventLimits/maximumEventBytes``.
        case tooLarge = "too-large"
        /// A field that the type needs is absent.
        case missingField = "missing-field"
        /// A field that stands there twice.
        case duplicateField = "duplicate-field"
        /// A field with a value of the wrong JSON type.
        case wrongType = "wrong-type"
        /// A type that has no topic.
        case unknownType = "unknown-type"
        /// An id that is empty, too long, or has characters that ids may not have.
        case invalidID = "invalid-id"
        /// A value outside its range.
        case invalidValue = "invalid-value"
        /// A time that cannot be read.
        case invalidTimestamp = "invalid-timestamp"
        /// A time too far ahead.
        case futureTimestamp = "future-timestamp"
        /// More items than an impression may have.
        case tooManyItems = "too-many-items"
        /// The user has sent too many events; the same event can be accepted later.
        case rateLimited = "rate-limited"
        /// The record's key is not the event's user.
        case keyMismatch = "key-mismatch"
        /// The record stands in another topic than its type's.
        case wrongTopic = "wrong-topic"
        /// The record stands on another partition than its key's, so the user's fence cannot tell whether it was applied.
        case wrongPartition = "wrong-partition"
        /// The stored state that it would change cannot be read or written, for good.
        case unprocessable = "unprocessable"
    }

    /// What is wrong.
    public var reason: Reason
    /// The field it is wrong with, as a path such as `context.page`; `nil` when it is the whole event.
    public var field: String?
    /// A sentence for the app's engineer; never a value of the event, which may be personal.
    public var message: String

    /// Creates an error.
    public init(_ reason: Reason, field: String? = nil, _ message: String) {
        self.reason = reason
        self.field = field
        self.message = message
    }

    /// Reason, field and message.
    public var description: String {
        "\(reason.rawValue): \(field.map { "\($0) " } ?? "")\(message)"
    }
}
