/// Which data set a server holds, as it says itself in `INFO`.
///
/// It changes with a restart or a failover, that is whenever acknowledged writes may have been rolled back.
public struct RedisIdentity: Sendable, Hashable {
    /// The identifier of the server's process (`run_id`).
    public var runID: String
    /// The identifier of the replication history (`master_replid`); a failover keeps neither.
    public var replicationID: String

    /// Creates an identity.
    public init(runID: String, replicationID: String) {
        self.runID = runID
        self.replicationID = replicationID
    }
}

extension RedisIdentity {
    /// The commands that ask for it: `INFO server` and `INFO replication`.
    static let commands = [RedisCommand("INFO", "server"), RedisCommand("INFO", "replication")]

    /// Reads the answers to `commands`.
    init(replies: some Collection<RedisValue>) throws(RedisError) {
        var fields: [String: String] = [:]
        for reply in replies {
            fields.merge(RedisInfo.fields(try reply.get().string ?? "")) { $1 }
        }
        guard let runID = fields["run_id"], let replicationID = fields["master_replid"] else {
            throw RedisError(code: .invalidReply, message: "INFO names no run_id or master_replid")
        }
        self.init(runID: runID, replicationID: replicationID)
    }
}

/// The text format of `INFO`.
enum RedisInfo {
    static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }
}
