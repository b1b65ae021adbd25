public import Events

/// The names of all keys in Redis: the only place that builds them.
///
/// All keys of one user share the hash tag `{user}`, so that they live on one node of a Redis Cluster.
public struct KeySpace: Hashable, Sendable {
    /// Stands before every key; empty unless several installations share a Redis.
    public var prefix: String

    /// Creates a key space.
    public init(prefix: String = "") {
        self.prefix = prefix
    }

    /// Profile, revision and fence of a user; written by the profile updater.
    public func profile(_ user: UserKey) -> String { "\(prefix){\(Self.escape(user))}:profile" }

    /// Session, books and fence of a user; written by the stream processor.
    public func stream(_ user: UserKey) -> String { "\(prefix){\(Self.escape(user))}:stream" }

    /// Recent event ids of a user; written by the stream processor together with ``stream(_:)``.
    public func seen(_ user: UserKey) -> String { "\(prefix){\(Self.escape(user))}:seen" }

    /// The list recommended to a user; written by the scorer.
    public func recommendations(_ user: UserKey) -> String { "\(prefix){\(Self.escape(user))}:recs" }

    /// A catalog entry; written by the stream processor.
    public func item(_ id: String) -> String { "\(prefix)item:\(Self.escape(id))" }

    /// The items similar to an item; written by the scorer.
    public func similar(_ id: String) -> String { "\(prefix)similar:\(Self.escape(id))" }

    /// The trending items of a scope, such as `all`; written by the scorer.
    public func trending(_ scope: String) -> String { "\(prefix)trending:\(Self.escape(scope))" }

    /// The version of a model that is being served; written by the scorer.
    public func modelVersion(_ name: String) -> String { "\(prefix)model:{\(Self.escape(name))}:version" }

    /// The artefact of a model version; written by the scorer.
    public func modelArtefact(_ name: String, version: UInt64) -> String {
        "\(prefix)model:{\(Self.escape(name))}:artefact:\(version)"
    }

    /// An artefact that has been uploaded and not yet published; written by the scorer.
    func modelUpload(_ name: String, id: UInt64) -> String { "\(prefix)model:{\(Self.escape(name))}:upload:\(id)" }

    /// The fence of the counts of one `activity` partition; written by the profile updater.
    public func countsFence(partition: Int32) -> String { "\(prefix)counts:{activity-\(partition)}:fence" }

    /// The counts of one `activity` partition in one window; written by the profile updater.
    public func counts(partition: Int32, window: CountWindow, start: Timestamp) -> String {
        "\(prefix)counts:{activity-\(partition)}:\(window.rawValue):\(start.milliseconds / 1000)"
    }

    /// The generation of a topic and the cluster that it lives on; written by whoever creates topics.
    public func generation(topic: String) -> String { "\(prefix)generation:\(topic)" }

    /// How far a consumer group has come in a partition; written by that group.
    public func progress(group: String, topic: String, partition: Int32) -> String {
        "\(prefix)progress:\(group):\(topic)-\(partition)"
    }

    /// What retention deleted before a consumer group read it; written by that group and by the operator's tool.
    func losses(group: String) -> String { "\(prefix)losses:\(group)" }

    /// A pattern for `SCAN` that finds the ``stream(_:)`` keys of all users.
    public var allStreams: String { "\(prefix){*}:stream" }

    /// A pattern for `SCAN` that finds the ``profile(_:)`` keys of all users.
    public var allProfiles: String { "\(prefix){*}:profile" }

    /// The user of a ``stream(_:)`` or ``profile(_:)`` key.
    public func user(of key: String) -> UserKey? {
        guard let open = key.firstIndex(of: "{"), let close = key.lastIndex(of: "}"), open < close else { return nil }
        return Self.unescape(String(key[key.index(after: open)..<close])).map(UserKey.init(rawValue:))
    }

    /// A visitor's key keeps its leading `~`; what follows is escaped like any id.
    private static func escape(_ user: UserKey) -> String {
        user.isAnonymous ? "~" + escape(String(user.rawValue.dropFirst())) : escape(user.rawValue)
    }

    /// Percent-encodes `{ } % ~` and control characters.
    private static func escape(_ id: String) -> String {
        guard id.utf8.contains(where: isSpecial) else { return id }
        var bytes: [UInt8] = []
        for byte in id.utf8 {
            if isSpecial(byte) {
                bytes.append(contentsOf: [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 15)])
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescape(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: Array(rest.prefix(2)), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7f || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "~")
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
}
