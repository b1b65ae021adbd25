/// Arguments of a script, encoded one behind the other as they will travel: no array for each.
public struct RedisArguments: Sendable {
    private(set) var encoder = RESPEncoder()
    /// How many arguments there are.
    public private(set) var count = 0

    /// Creates an empty list.
    public init(reservingCapacity bytes: Int = 0) {
        encoder.reserve(bytes)
    }

    /// Appends bytes as one argument.
    public mutating func append(_ bytes: [UInt8]) {
        encoder.append(bulk: bytes)
        count += 1
    }

    /// Appends text as one argument.
    public mutating func append(_ text: String) {
        encoder.append(bulk: text.utf8)
        count += 1
    }

    /// Appends two texts as one argument, one behind the other.
    public mutating func append(_ first: String, _ second: String) {
        encoder.append(bulk: first.utf8, second.utf8)
        count += 1
    }

    /// Appends a number in decimal.
    public mutating func append(_ number: Int64) {
        encoder.append(bulk: number)
        count += 1
    }
}
