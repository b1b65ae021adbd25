import Dispatch
import Threading

/// One call's way to its replies: splits the pipeline by node, and sends again what a node of a cluster refused to run.
struct RedisErrand {
    private let pipeline: RedisPipeline
    private let deadline: UInt64
    private var replies: [RedisValue]
    /// Commands that go where the slot table says.
    private var open: [Int]
    /// Commands that go to another node once, because their slot is on its way there.
    private var asked: [RedisAddress: [Int]] = [:]
    private var mustWait = false
    private var failure: RedisError?
    private(set) var redirections = 0

    /// Commands at `indices` of the pipeline on their way over one connection.
    private struct Load {
        var indices: [Int]
        var isAsking: Bool
        var host: String
        var part: RedisRequest.Part
    }

    init(_ pipeline: RedisPipeline, deadline: UInt64) {
        self.pipeline = pipeline
        self.deadline = deadline
        replies = Array(repeating: .null, count: pipeline.count)
        open = Array(0..<pipeline.count)
    }

    /// Returns one reply per command; a refusal that outlasts the deadline is the command's reply.
    mutating func run(on routing: RedisRouting) async throws(RedisError) -> [RedisValue] {
        var pause = Backoff(initial: .milliseconds(2), maximum: .milliseconds(100))
        for attempt in 0... {
            // Where a slot is handed over, a node may point to one that points back for a moment.
            if mustWait || attempt > 3 {
                let now = DispatchTime.now().uptimeNanoseconds
                guard now < deadline, !Task.isCancelled else { break }
                try? await Task.sleep(nanoseconds: min(pause.next().nanoseconds, deadline - now))
            }
            let loads = takeLoads(routing)
            let outcomes = await RedisRequest.outcomes(of: loads.map(\.part), deadline: deadline)
            for (load, outcome) in zip(loads, outcomes) { settle(load, outcome, routing) }
            if let failure { throw failure }
            if open.isEmpty, asked.isEmpty { return replies }
        }
        return replies
    }

    /// What to send now, grouped by connection.
    private mutating func takeLoads(_ routing: RedisRouting) -> [Load] {
        let (open, asked) = (open, asked)
        (self.open, self.asked, mustWait) = ([], [:], false)
        let now = routing.snapshot
        guard !now.nodes.isEmpty else {
            failure = .clientClosed
            return []
        }
        let lane = pipeline.firstSlot ?? 0
        var loads: [Load] = []
        let groups = now.table.groups(of: pipeline, at: open)
        for (owner, indices) in groups.byMaster {
            let node = now.nodes[owner]
            let part = indices.count == pipeline.count ? pipeline : pipeline.selecting(indices)
            loads.append(load(indices, part, node, lane, isAsking: false))
        }
        for (address, indices) in asked {
            if let node = routing.importingNode(at: address) {
                loads.append(load(indices, pipeline.selecting(indices, asking: true), node, lane, isAsking: true))
            } else {
                later(indices)
            }
        }
        if !groups.unserved.isEmpty {
            let error = RedisError(
                serverReply: "CLUSTERDOWN nobody serves this hash slot: see `redis-cli --cluster check`"
            )
            for index in groups.unserved { replies[index] = .error(error) }
            later(groups.unserved)
            routing.wake()
        }
        return loads
    }

    private func load(_ indices: [Int], _ part: RedisPipeline, _ node: RedisNode, _ lane: Int, isAsking: Bool) -> Load {
        Load(
            indices: indices,
            isAsking: isAsking,
            host: node.address?.host ?? "",
            part: RedisRequest.Part(pipeline: part, connection: node.connection(for: lane))
        )
    }

    private mutating func later(_ indices: [Int]) {
        open += indices
        mustWait = true
    }

    private mutating func settle(
        _ load: Load,
        _ outcome: Result<[RedisValue], RedisError>,
        _ routing: RedisRouting
    ) {
        switch outcome {
        case .success(let all):
            let values = load.isAsking ? all.indices.filter { !$0.isMultiple(of: 2) }.map { all[$0] } : all
            for (index, reply) in zip(load.indices, values) {
                replies[index] = reply
                guard let error = reply.error, let refusal = RedisRedirection(error, from: load.host) else { continue }
                follow(refusal, index, routing)
            }
        case .failure(let error) where error.code == .closed && !routing.isClosed:
            // Its node was taken out of service before these were sent.
            open += load.indices
        case .failure(let error):
            if failure == nil || error.isOutcomeUnknown { failure = error }
            routing.wake()
        }
    }

    private mutating func follow(_ refusal: RedisRedirection, _ index: Int, _ routing: RedisRouting) {
        redirections += 1
        switch refusal {
        case .moved(let slot, let address):
            routing.move(slot, to: address)
            open.append(index)
        case .ask(let address):
            asked[address, default: []].append(index)
        case .later:
            later([index])
            routing.wake()
        }
    }
}
