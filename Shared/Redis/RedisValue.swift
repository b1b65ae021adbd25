import CHiredis

/// A reply from Redis (RESP2).
public enum RedisValue: Sendable, Hashable {
    /// No value.
    case null
    /// An integer reply.
    case integer(Int64)
    /// A status such as `OK`.
    case status(String)
    /// A binary-safe string.
    case bytes([UInt8])
    /// A list of replies.
    case array([RedisValue])
    /// An error for this one command of a pipeline.
    case error(RedisError)
}

extension RedisValue {
    /// Whether there is no value.
    public var isNull: Bool { self == .null }

    /// The error, when the command failed.
    public var error: RedisError? {
        if case .error(let error) = self { error } else { nil }
    }

    /// The integer, also when it came as decimal text.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes, .status: string.flatMap { Int64($0) }
        default: nil
        }
    }

    /// The bytes of a string or status.
    public var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a string or status; malformed UTF-8 is repaired.
    public var string: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }

    /// The replies of a list.
    public var array: [RedisValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The value itself; throws when it is an error.
    public func get() throws(RedisError) -> RedisValue {
        if case .error(let error) = self { throw error }
        return self
    }
}

extension RedisValue {
    /// Copies `reply`, which stays owned by the caller.
    init(copying reply: UnsafePointer<redisReply>) {
        switch chiredis_reply_type(reply) {
        case REDIS_REPLY_INTEGER:
            self = .integer(chiredis_reply_integer(reply))
        case REDIS_REPLY_STATUS:
            self = .status(String(decoding: Self.content(of: reply), as: UTF8.self))
        case REDIS_REPLY_ERROR:
            self = .error(RedisError(serverReply: String(decoding: Self.content(of: reply), as: UTF8.self)))
        case REDIS_REPLY_STRING:
            self = .bytes(Array(Self.content(of: reply)))
        case REDIS_REPLY_ARRAY:
            self = .array(
                (0..<chiredis_reply_count(reply)).map { index in
                    chiredis_reply_element(reply, index).map(RedisValue.init(copying:)) ?? .null
                }
            )
        default:
            self = .null
        }
    }

    private static func content(of reply: UnsafePointer<redisReply>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: chiredis_reply_bytes(reply), count: chiredis_reply_length(reply))
    }
}
