/// Whose event it is, as a record key: a user id, or `~` and an anonymous id.
public struct UserKey: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The key's text, at most ``maximumLength`` bytes of UTF-8.
    public var rawValue: String

    /// The most bytes a key may have.
    public static let maximumLength = 256

    /// Wraps the text of a key.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The key of a known user.
    public init(userID: String) {
        rawValue = userID
    }

    /// The key of a visitor.
    public init(anonymousID: String) {
        rawValue = "~" + anonymousID
    }

    /// Whether this is a visitor without a user id.
    public var isAnonymous: Bool { rawValue.utf8.first == UInt8(ascii: "~") }

    /// The key's text.
    public var description: String { rawValue }
}
