/// One command, encoded, together with the keys that decide which node serves it.
///
/// Redis Cluster needs every key; `arguments` holds none. A command without a key (`PING`, `INFO`) may run anywhere.
public struct RedisCommand: Sendable {
    /// The command's name, for messages.
    public let name: String
    /// The keys it touches, in order.
    public let keys: [String]
    let bytes: [UInt8]

    /// A command with at most one key, which follows the name: `RedisCommand("SET", key: "a", "1", "EX", 60)`.
    public init(_ name: String, key: String? = nil, _ arguments: any RedisArgument...) {
        self.init(name, keys: key.map { [$0] } ?? [], arguments: arguments)
    }

    /// A command whose keys follow the name, and other arguments after them.
    public init(_ name: String, keys: [String], arguments: [any RedisArgument] = []) {
        var encoder = RESPEncoder()
        encoder.begin(argumentCount: 1 + keys.count + arguments.count)
        encoder.append(bulk: name.utf8)
        for key in keys { encoder.append(bulk: key.utf8) }
        for argument in arguments { argument.encode(into: &encoder) }
        self.name = name
        self.keys = keys
        bytes = encoder.bytes
    }
}
