/// A Lua script that Redis runs atomically, known to Redis by the SHA-1 of its source.
///
/// The client loads it once per connection and again when Redis has forgotten it (`SCRIPT FLUSH`, a restart), so
/// callers never see `NOSCRIPT`. A script must name all its keys and should write once, at its end: Redis has no
/// rollback.
public struct RedisScript: Sendable, Hashable {
    /// The name, for logs and metrics.
    public let name: String
    /// The Lua source.
    public let source: String
    /// The hexadecimal SHA-1 of the source.
    public let sha1: String

    /// Creates a script and computes its SHA-1.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
        sha1 = SHA1.hexadecimalDigest(of: Array(source.utf8))
    }
}
