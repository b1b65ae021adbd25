/// Where a server listens.
public struct ListenerSettings: Sendable, Hashable {
    /// The address to bind to.
    public let host: String
    /// The port to bind to; 0 lets the system choose.
    public let port: Int

    /// Creates a listener's address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `<prefix>.host` and `<prefix>.port`, for example `http.host`.
    public init(
        from reader: SettingsReader,
        prefix: String = "http",
        host: String = "127.0.0.1",
        port: Int
    ) throws(SettingsError) {
        self.host = try reader.string(
            "\(prefix).host",
            default: host,
            description: "address to listen on; 0.0.0.0 or :: for all"
        )
        self.port = try reader.int(
            "\(prefix).port",
            default: port,
            range: 0...65_535,
            description: "port to listen on; 0 lets the system choose"
        )
    }

    /// Whether only this machine can connect.
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || (isIPv4 && parts[0] == "127")
    }
}
