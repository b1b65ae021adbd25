/// Commands that travel together: one write, one round trip, one reply per command in order.
///
/// A pipeline is no transaction: other clients' commands may run between its commands, and one that fails does not
/// stop the next. What must happen together belongs in a script.
public struct RedisPipeline: Sendable {
    private struct Entry: Sendable {
        var end: Int
        /// -1 without a key.
        var slot: Int32
        /// -1 without a script.
        var script: Int32
    }

    private var encoder = RESPEncoder()
    private var entries: [Entry] = []
    /// The scripts it uses, each once.
    private(set) var scripts: [RedisScript] = []

    /// Creates an empty pipeline; one that many commands will come into had better know.
    public init(reservingCapacity bytes: Int = 0, commands: Int = 0) {
        encoder.reserve(bytes)
        entries.reserveCapacity(commands)
    }

    /// Creates a pipeline of one command.
    public init(_ command: RedisCommand) {
        append(command)
    }

    /// The number of commands, which is the number of replies.
    public var count: Int { entries.count }

    /// Whether there is no command.
    public var isEmpty: Bool { entries.isEmpty }

    /// The size on the wire.
    public var byteCount: Int { encoder.bytes.count }

    /// Appends `command`.
    public mutating func append(_ command: RedisCommand) {
        encoder.append(encoded: command.bytes)
        finishEntry(key: command.keys.first, script: -1)
    }

    /// Appends one command, for example `append("SET", key: key, bytes, "EX", 60)`.
    public mutating func append(_ name: String, key: String? = nil, _ arguments: any RedisArgument...) {
        encoder.begin(argumentCount: (key == nil ? 1 : 2) + arguments.count)
        encoder.append(bulk: name.utf8)
        if let key { encoder.append(bulk: key.utf8) }
        for argument in arguments { argument.encode(into: &encoder) }
        finishEntry(key: key, script: -1)
    }

    /// Appends a call of `script`, which all its `keys` must be named for.
    public mutating func append(script: RedisScript, keys: [String], arguments: [[UInt8]] = []) {
        begin(script, keys: keys, argumentCount: arguments.count)
        for argument in arguments { encoder.append(bulk: argument) }
        finishEntry(key: keys.first, script: Int32(place(of: script)))
    }

    /// Appends a call of `script`, which all its `keys` must be named for, with many arguments.
    public mutating func append(script: RedisScript, keys: [String], arguments: RedisArguments) {
        begin(script, keys: keys, argumentCount: arguments.count)
        encoder.append(encoded: arguments.encoder.bytes)
        finishEntry(key: keys.first, script: Int32(place(of: script)))
    }

    private mutating func begin(_ script: RedisScript, keys: [String], argumentCount: Int) {
        encoder.begin(argumentCount: 3 + keys.count + argumentCount)
        encoder.append(bulk: "EVALSHA".utf8)
        encoder.append(bulk: script.sha1.utf8)
        encoder.append(bulk: Int64(keys.count))
        for key in keys { encoder.append(bulk: key.utf8) }
    }

    private mutating func place(of script: RedisScript) -> Int {
        if let known = scripts.firstIndex(where: { $0.sha1 == script.sha1 }) { return known }
        scripts.append(script)
        return scripts.count - 1
    }

    private mutating func finishEntry(key: String?, script: Int32) {
        entries.append(
            Entry(end: encoder.bytes.count, slot: key.map { Int32(RedisSlot.of($0)) } ?? -1, script: script)
        )
    }
}

extension RedisPipeline {
    /// The commands as they go over the wire.
    var bytes: [UInt8] { encoder.bytes }

    /// The hash slot of the command at `index`, when it has a key.
    func slot(at index: Int) -> Int? {
        let slot = entries[index].slot
        return slot < 0 ? nil : Int(slot)
    }

    /// The script that the command at `index` calls.
    func script(at index: Int) -> RedisScript? {
        let script = entries[index].script
        return script < 0 ? nil : scripts[Int(script)]
    }

    /// The slot of the first command that has a key.
    var firstSlot: Int? { entries.lazy.map(\.slot).first { $0 >= 0 }.map(Int.init) }

    /// A pipeline of the commands at `indices`, in that order; each after an `ASKING` when that is wanted.
    func selecting(_ indices: [Int], asking: Bool = false) -> RedisPipeline {
        var selection = RedisPipeline()
        selection.scripts = scripts
        for index in indices {
            if asking { selection.append("ASKING") }
            let start = index == 0 ? 0 : entries[index - 1].end
            selection.encoder.append(encoded: bytes[start..<entries[index].end])
            selection.entries.append(
                Entry(end: selection.bytes.count, slot: entries[index].slot, script: entries[index].script)
            )
        }
        return selection
    }
}
