import Foundation

/// Free ports and listening ports of the loopback interface.
enum LoopbackPort {
    /// Returns a port that was free a moment ago.
    static func free() throws -> Int {
        try withSocket { descriptor in
            var address = loopback(port: 0)
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
                }
            }
            guard status == 0 else { throw RedisServerError(description: "no free port") }
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    /// Whether somebody listens on `port`.
    static func accepts(_ port: Int) -> Bool {
        guard let descriptor = try? connected(to: port) else { return false }
        close(descriptor)
        return true
    }

    /// A connection to `port`; the caller closes it.
    static func connected(to port: Int) throws -> Int32 {
        let descriptor = try newSocket()
        var address = loopback(port: port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw RedisServerError(description: "nobody listens on port \(port)")
        }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    private static func withSocket<Result>(_ body: (Int32) throws -> Result) throws -> Result {
        let descriptor = try newSocket()
        defer { close(descriptor) }
        return try body(descriptor)
    }

    private static func newSocket() throws -> Int32 {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw RedisServerError(description: "no socket") }
        return descriptor
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
