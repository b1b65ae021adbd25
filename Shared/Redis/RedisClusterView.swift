/// What one node of a cluster says about itself and about who serves which slots.
struct RedisClusterView: Sendable {
    /// A range of slots and the node ids of its master; comparable between nodes, unlike addresses.
    struct Assignment: Sendable, Equatable {
        var slots: ClosedRange<Int>
        var masterID: String
        var master: RedisAddress
        /// Its replicas that the cluster does not hold for failed.
        var replicas: Int

        static func == (left: Assignment, right: Assignment) -> Bool {
            left.slots == right.slots && left.masterID == right.masterID
        }
    }

    /// Whether it says that the cluster works: it sees the majority of masters.
    let isOK: Bool
    /// The highest configuration epoch it knows: failovers and moved slots raise it.
    let epoch: Int
    /// In the order of the slots.
    let assignments: [Assignment]
    /// Itself.
    let report: RedisServerReport

    var table: RedisSlotTable { RedisSlotTable(assignments.map { ($0.slots, $0.master) }) }

    /// The commands that ask for it.
    static let pipeline: RedisPipeline = {
        var pipeline = RedisPipeline()
        pipeline.append("CLUSTER", key: nil, "INFO")
        pipeline.append("CLUSTER", key: nil, "SLOTS")
        for command in RedisServerReport.commands { pipeline.append(command) }
        return pipeline
    }()

    /// Reads the answers to `pipeline` from the node at `source`.
    init(replies: [RedisValue], from source: RedisAddress) throws(RedisError) {
        guard replies.count == Self.pipeline.count else { throw Self.unreadable }
        let info = RedisInfo.fields(try replies[0].get().string ?? "")
        isOK = info["cluster_state"] == "ok"
        epoch = info["cluster_current_epoch"].flatMap { Int($0) } ?? 0
        report = try RedisServerReport(replies: replies.dropFirst(2))
        guard let entries = try replies[1].get().array else { throw Self.unreadable }
        var assignments: [Assignment] = []
        for entry in entries { assignments.append(try Self.assignment(entry, from: source)) }
        self.assignments = assignments.sorted { $0.slots.lowerBound < $1.slots.lowerBound }
    }

    private static func assignment(_ entry: RedisValue, from source: RedisAddress) throws(RedisError) -> Assignment {
        guard let parts = entry.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
            0 <= first, first <= last, last < RedisSlot.count, let master = parts[2].array, master.count >= 2,
            let port = master[1].integer
        else { throw unreadable }
        // A node that does not know its own name leaves it out: it is where we reached it.
        let named = master[0].string ?? ""
        let host = named.isEmpty || named == "?" ? source.host : named
        let address = RedisAddress(host: host, port: Int(port))
        return Assignment(
            slots: Int(first)...Int(last),
            masterID: (master.count > 2 ? master[2].string : nil) ?? "\(address)",
            master: address,
            replicas: parts.count - 3
        )
    }

    private static let unreadable = RedisError(code: .invalidReply, message: "CLUSTER SLOTS has an unexpected shape")
}
