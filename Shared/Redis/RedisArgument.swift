/// A value that can stand as an argument of a Redis command: text, bytes or an integer.
public protocol RedisArgument: Sendable {
    /// Appends the argument as a RESP bulk string.
    func encode(into encoder: inout RESPEncoder)
}

extension String: RedisArgument {
    /// Appends the text as UTF-8.
    public func encode(into encoder: inout RESPEncoder) { encoder.append(bulk: utf8) }
}

extension [UInt8]: RedisArgument {
    /// Appends the bytes as they are.
    public func encode(into encoder: inout RESPEncoder) { encoder.append(bulk: self) }
}

extension Int: RedisArgument {
    /// Appends the number in decimal.
    public func encode(into encoder: inout RESPEncoder) { encoder.append(bulk: String(self).utf8) }
}

extension Int64: RedisArgument {
    /// Appends the number in decimal.
    public func encode(into encoder: inout RESPEncoder) { encoder.append(bulk: String(self).utf8) }
}

/// Writes commands in the Redis protocol.
///
/// `redisCommand` is variadic and unsafe for binary; encoding here also keeps that work off the connection's thread.
public struct RESPEncoder: Sendable {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    init() {}

    mutating func begin(argumentCount: Int) {
        appendHeader(UInt8(ascii: "*"), argumentCount)
    }

    mutating func append(bulk: some Collection<UInt8>) {
        appendHeader(UInt8(ascii: "$"), bulk.count)
        bytes.append(contentsOf: bulk)
        appendLineEnd()
    }

    mutating func append(bulk first: some Collection<UInt8>, _ second: some Collection<UInt8>) {
        appendHeader(UInt8(ascii: "$"), first.count + second.count)
        bytes.append(contentsOf: first)
        bytes.append(contentsOf: second)
        appendLineEnd()
    }

    mutating func append(bulk number: Int64) {
        if (0..<10).contains(number) {
            appendHeader(UInt8(ascii: "$"), 1)
            bytes.append(UInt8(ascii: "0") + UInt8(number))
            appendLineEnd()
        } else {
            append(bulk: String(number).utf8)
        }
    }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    mutating func append(encoded: some Collection<UInt8>) {
        bytes.append(contentsOf: encoded)
    }

    private mutating func appendHeader(_ mark: UInt8, _ count: Int) {
        bytes.append(mark)
        if count < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(count))
        } else {
            bytes.append(contentsOf: String(count).utf8)
        }
        appendLineEnd()
    }

    private mutating func appendLineEnd() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
