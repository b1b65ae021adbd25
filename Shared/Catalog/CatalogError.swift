/// Why a catalog entry is not accepted.
public struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reasons, as they stand in answers; stable.
    public enum Reason: String, CaseIterable, Sendable {
        /// Not JSON, or not one JSON object.
        case malformedJSON = "malformed-json"
        /// The entry is larger than ``CatalogLimits/maximumItemBytes``.
        case tooLarge = "too-large"
        /// A field that every entry has is absent.
        case missingField = "missing-field"
        /// A field that stands there twice.
        case duplicateField = "duplicate-field"
        /// A field with a value of the wrong JSON type.
        case wrongType = "wrong-type"
        /// An id that is empty, too long, or has control characters.
        case invalidID = "invalid-id"
        /// A value outside its range.
        case invalidValue = "invalid-value"
        /// The record's key is not the entry's id.
        case keyMismatch = "key-mismatch"
    }

    /// What is wrong.
    public var reason: Reason
    /// The field it is wrong with; `nil` when it is the whole entry.
    public var field: String?
    /// A sentence for the shop's engineer.
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
