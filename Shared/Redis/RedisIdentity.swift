/// Which data set Redis holds: the identities of the server, or of all masters of the cluster, in one short text.
///
/// It changes with a restart, a failover and a change in the set of masters, that is whenever acknowledged writes may
/// have been rolled back. Moving slots between masters that stay does not change it: the data goes with them.
public struct RedisIdentity: Sendable, Hashable {
    /// 40 hexadecimal digits, equal for equal sets of servers.
    public let token: String

    init(_ servers: some Sequence<RedisServerIdentity>) {
        let names = Set(servers).map { "\($0.runID):\($0.replicationID)" }.sorted()
        token = SHA1.hexadecimalDigest(of: Array(names.joined(separator: ",").utf8))
    }
}

/// Which data set one server holds, as it says itself in `INFO`.
///
/// A restart changes the run id even where the replication id was saved with the data; a master that is demoted and
/// later promoted again keeps its run id and yet has lost writes: its replication id is new.
struct RedisServerIdentity: Sendable, Hashable {
    /// The identifier of the server's process (`run_id`).
    var runID: String
    /// The identifier of the replication history (`master_replid`).
    var replicationID: String
}

/// What a server says about itself in `INFO server` and `INFO replication`.
struct RedisServerReport: Sendable {
    let identity: RedisServerIdentity
    /// Part of a Redis Cluster.
    let isCluster: Bool
    /// Neither master nor replica, but a Sentinel.
    let isSentinel: Bool
    /// A replica, which may not be written to.
    let isReplica: Bool
    /// Replicas that are in step and answered within the last seconds.
    let replicasInStep: Int

    /// The commands that ask for it.
    static let commands = [RedisCommand("INFO", "server"), RedisCommand("INFO", "replication")]
    /// How long ago, in seconds, a replica in step may have confirmed what it has.
    private static let maximumLag = 5

    /// Reads the answers to `commands`.
    init(replies: some Collection<RedisValue>) throws(RedisError) {
        var fields: [String: String] = [:]
        for reply in replies {
            fields.merge(RedisInfo.fields(try reply.get().string ?? "")) { $1 }
        }
        isSentinel = fields["redis_mode"] == "sentinel"
        guard let runID = fields["run_id"], let replicationID = fields["master_replid"] ?? (isSentinel ? "" : nil)
        else {
            throw RedisError(code: .invalidReply, message: "INFO names no run_id or master_replid")
        }
        identity = RedisServerIdentity(runID: runID, replicationID: replicationID)
        isCluster = fields["redis_mode"] == "cluster"
        isReplica = fields["role"] == "slave"
        replicasInStep = fields.count { name, value in
            guard name.hasPrefix("slave"), value.contains("state=online"),
                let lag = value.split(separator: ",").first(where: { $0.hasPrefix("lag=") }).flatMap({
                    Int($0.dropFirst(4))
                })
            else { return false }
            return lag <= Self.maximumLag
        }
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
