/// Where one server listens.
public struct RedisAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The host's name or address.
    public var host: String
    /// The TCP port.
    public var port: Int

    /// Creates an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `host:port`, an IPv6 host in brackets.
    public var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Orders by host, then port.
    public static func < (left: RedisAddress, right: RedisAddress) -> Bool {
        (left.host, left.port) < (right.host, right.port)
    }
}
