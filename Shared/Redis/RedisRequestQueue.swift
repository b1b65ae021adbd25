import Dispatch
import NIOConcurrencyHelpers

/// The requests that wait for one connection, bounded until they are answered.
///
/// Its thread takes everything at once, so that callers who arrive while it is busy share the next round trip.
final class RedisRequestQueue: Sendable {
    enum Taken {
        case requests([RedisRequest])
        case nothing
        case closed
    }

    enum Refusal {
        case closed
        case overloaded
    }

    private struct State {
        var waiting: [RedisRequest] = []
        /// Of waiting and taken requests, until `release`.
        var bytes = 0
        var commands = 0
        var isClosed = false
        /// Closed, and what waits goes another way.
        var isRetired = false
    }

    private let maxBytes: Int
    private let maxCommands: Int
    private let state = NIOLockedValueBox(State())
    private let changed = DispatchSemaphore(value: 0)

    init(maxBytes: Int, maxCommands: Int) {
        self.maxBytes = maxBytes
        self.maxCommands = maxCommands
    }

    /// Appends the request, or says why not.
    ///
    /// An empty queue takes any one request, however large.
    func append(_ request: RedisRequest) -> Refusal? {
        let (refusal, isFirst): (Refusal?, Bool) = state.withLockedValue { state in
            if state.isClosed { return (.closed, false) }
            let bytes = state.bytes + request.pipeline.byteCount
            let commands = state.commands + request.pipeline.count
            if state.commands > 0, bytes > maxBytes || commands > maxCommands { return (.overloaded, false) }
            (state.bytes, state.commands) = (bytes, commands)
            state.waiting.append(request)
            return (nil, state.waiting.count == 1)
        }
        if isFirst { changed.signal() }
        return refusal
    }

    /// Blocks the connection's thread until there are requests, the queue is closed and empty, or `instant` passes.
    func takeAll(until instant: UInt64) -> Taken {
        while true {
            let taken: Taken = state.withLockedValue { state in
                if state.waiting.isEmpty || state.isRetired { return state.isClosed ? .closed : .nothing }
                defer { state.waiting = [] }
                return .requests(state.waiting)
            }
            guard case .nothing = taken else {
                return taken
            }
            if changed.wait(timeout: DispatchTime(uptimeNanoseconds: instant)) == .timedOut { return .nothing }
        }
    }

    /// Puts requests that were not sent back in front.
    func putBack(_ requests: [RedisRequest]) {
        state.withLockedValue { $0.waiting.insert(contentsOf: requests, at: 0) }
    }

    /// Takes the requests whose deadline has passed.
    func takeExpired(at now: UInt64) -> [RedisRequest] {
        state.withLockedValue { state in
            let expired = state.waiting.filter { $0.deadline <= now }
            if !expired.isEmpty { state.waiting.removeAll { $0.deadline <= now } }
            return expired
        }
    }

    /// Blocks until `instant`, the queue is closed, or the first waiting request expires.
    func pause(until instant: UInt64) {
        while true {
            let (isClosed, firstDeadline) = state.withLockedValue { ($0.isClosed, $0.waiting.first?.deadline) }
            let end = min(instant, firstDeadline ?? instant)
            if isClosed || DispatchTime.now().uptimeNanoseconds >= end { return }
            _ = changed.wait(timeout: DispatchTime(uptimeNanoseconds: end))
        }
    }

    /// Frees the room of an answered request.
    func release(_ request: RedisRequest) {
        state.withLockedValue { state in
            state.bytes -= request.pipeline.byteCount
            state.commands -= request.pipeline.count
        }
    }

    /// Refuses further requests; what is queued is still handed out.
    func close() {
        state.withLockedValue { $0.isClosed = true }
        changed.signal()
    }

    /// Refuses further requests; what is queued is left to `takeRest()`.
    func retire() {
        state.withLockedValue { state in
            state.isClosed = true
            state.isRetired = true
        }
        changed.signal()
    }

    /// Takes what was never handed out.
    func takeRest() -> [RedisRequest] {
        state.withLockedValue { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    var isClosed: Bool { state.withLockedValue { $0.isClosed } }
}
