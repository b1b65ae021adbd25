/// Where Redis is and how to log in: `redis://user:password@host:port/database`.
///
/// User and password may be percent-encoded, an IPv6 host stands in brackets; the port is 6379 and the database 0
/// unless given. Several nodes of one Redis Cluster are listed with commas (`redis://h1:p1,h2:p2`): any of them tells
/// about the others. `redis+sentinel://h1:p1,h2:p2/name/database` names Sentinels (port 26379) and their master's name.
public struct RedisURL: Sendable, Hashable {
    /// The servers, at least one, in the order of the text.
    public let addresses: [RedisAddress]
    /// The name by which the Sentinels at `addresses` know the master; `nil` when they are no Sentinels.
    public let sentinelMaster: String?
    /// The user to log in as; the default user when missing.
    public var user: String?
    /// The password; no login when missing.
    public var password: String?
    /// The database's number.
    public var database: Int

    /// The first server's host.
    public var host: String { addresses[0].host }
    /// The first server's port.
    public var port: Int { addresses[0].port }

    /// Parses `text`.
    public init(_ text: String) throws(RedisError) {
        guard let separator = text.firstRange(of: "://") else {
            throw Self.invalid("it should read redis://host:port/database")
        }
        let scheme = text[..<separator.lowerBound].lowercased()
        switch scheme {
        case "redis", "redis+sentinel": break
        case "rediss", "rediss+sentinel":
            throw Self.invalid("rediss:// (TLS) needs a build against hiredis with TLS, which this is not")
        default: throw Self.invalid("the scheme is not redis:// or redis+sentinel://")
        }
        let isSentinel = scheme == "redis+sentinel"
        var rest = text[separator.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else { throw Self.invalid("parameters are not supported") }

        var path: [Substring] = []
        if let slash = rest[(rest.lastIndex(of: "@") ?? rest.startIndex)...].firstIndex(of: "/") {
            path = rest[rest.index(after: slash)...].split(separator: "/", omittingEmptySubsequences: false)
            rest = rest[..<slash]
        }
        (user, password) = try Self.takeLogin(from: &rest)
        var addresses: [RedisAddress] = []
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try Self.address(part, defaultPort: isSentinel ? "26379" : "6379"))
        }
        self.addresses = addresses
        if isSentinel {
            guard let name = path.first, !name.isEmpty else {
                throw Self.invalid("the master's name is missing: redis+sentinel://host:port/name")
            }
            sentinelMaster = String(name)
            path.removeFirst()
        } else {
            sentinelMaster = nil
        }
        let number = path.first ?? ""
        guard path.count <= 1, number.allSatisfy(\.isASCIIDigit), let database = number.isEmpty ? 0 : Int(number) else {
            throw Self.invalid("the database is not a number")
        }
        self.database = database
    }

    private static func takeLogin(
        from rest: inout Substring
    ) throws(RedisError) -> (user: String?, password: String?) {
        guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
        let login = rest[..<at]
        rest = rest[rest.index(after: at)...]
        let colon = login.firstIndex(of: ":")
        guard let user = decoded(login[..<(colon ?? login.endIndex)]),
            let password = decoded(colon.map { login[login.index(after: $0)...] } ?? "")
        else { throw invalid("user or password has a broken percent-encoding") }
        guard user.isEmpty || !password.isEmpty else { throw invalid("there is a user but no password") }
        return (user.isEmpty ? nil : user, password.isEmpty ? nil : password)
    }

    private static func address(_ text: Substring, defaultPort: Substring) throws(RedisError) -> RedisAddress {
        var host = text
        var port = defaultPort
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw invalid("the IPv6 address has no closing bracket") }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            if !tail.isEmpty { port = tail.hasPrefix(":") ? tail.dropFirst() : "" }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { throw invalid("an IPv6 address needs brackets") }
        }
        guard !host.isEmpty else { throw invalid("the host is missing") }
        guard port.allSatisfy(\.isASCIIDigit), let number = Int(port), (1...65_535).contains(number) else {
            throw invalid("the port is not a number from 1 to 65535")
        }
        return RedisAddress(host: String(host), port: number)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var source = text.utf8.makeIterator()
        while let byte = source.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = source.next().flatMap(hexValue), let low = source.next().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        Character(UnicodeScalar(digit)).hexDigitValue.map(UInt8.init)
    }

    /// The text itself is left out of the message: it may hold a password.
    private static func invalid(_ reason: String) -> RedisError {
        RedisError(code: .invalidURL, message: "not a Redis address: \(reason)")
    }
}

extension RedisURL: CustomStringConvertible, CustomDebugStringConvertible {
    /// The address with the password masked.
    public var description: String {
        let login = password == nil ? "" : "\(user ?? ""):***@"
        let servers = addresses.map(\.description).joined(separator: ",")
        guard let sentinelMaster else { return "redis://\(login)\(servers)/\(database)" }
        return "redis+sentinel://\(login)\(servers)/\(sentinelMaster)/\(database)"
    }

    /// The address with the password masked.
    public var debugDescription: String { description }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
