import CHiredis
import Dispatch

/// An open connection: hiredis connects it and parses what arrives, the socket is read and written here.
///
/// It is created, used and freed on one thread. After any error it is dead. Writing and reading are interleaved, so
/// that a pipeline of any size cannot block on full buffers, and a lost peer raises no SIGPIPE.
final class RedisSocket {
    /// Bytes to send and the number of replies they call for.
    struct Exchange {
        var bytes: [UInt8]
        var replyCount: Int
        var deadline: UInt64
    }

    /// One write carries at most this much.
    private static let writeSize = 256 << 10
    private static let readSize = 64 << 10

    private let context: UnsafeMutablePointer<redisContext>
    private let received: UnsafeMutableRawBufferPointer
    /// The SHA-1s of the scripts that were loaded over this connection.
    var loadedScripts: Set<String> = []

    init(host: String, port: Int, timeout: Duration) throws(RedisError) {
        let milliseconds = Int(max(1, timeout.nanoseconds / 1_000_000))
        guard let context = chiredis_connect(host, Int32(port), milliseconds) else {
            throw RedisError(code: .connectFailed, message: "out of memory")
        }
        guard chiredis_context_failed(context) == 0 else {
            defer { redisFree(context) }
            throw RedisError(code: .connectFailed, message: String(cString: chiredis_context_error(context)))
        }
        self.context = context
        // Last: an initialiser that throws runs no `deinit`, and attempts fail for as long as a server is away.
        received = .allocate(byteCount: Self.readSize, alignment: 16)
    }

    deinit {
        redisFree(context)
        received.deallocate()
    }

    /// Whether the peer has closed an idle connection (or sent something that nobody asked for).
    var isStale: Bool { chiredis_wait(context, 0, 0) != 0 }

    /// Sends `exchanges` and calls `answered` for each as soon as its replies are complete, in order.
    ///
    /// An error concerns the first exchange that is not answered yet; those after it were lost with the connection.
    func run(_ exchanges: [Exchange], answered: (_ index: Int, _ replies: [RedisValue]) -> Void) throws(RedisError) {
        var outgoing = Outgoing(exchanges)
        var replies: [RedisValue] = []
        var current = 0
        while current < exchanges.count {
            try send(&outgoing)
            try receive(until: exchanges[current].deadline, wantsWrite: !outgoing.isEmpty)
            while current < exchanges.count {
                guard let reply = try nextReply() else { break }
                if replies.isEmpty { replies.reserveCapacity(exchanges[current].replyCount) }
                replies.append(reply)
                guard replies.count == exchanges[current].replyCount else { continue }
                answered(current, replies)
                replies = []
                current += 1
            }
        }
    }

    /// Sends a small request without waiting for its replies, which `collect` takes.
    func post(_ bytes: [UInt8]) throws(RedisError) {
        var outgoing = Outgoing([Exchange(bytes: bytes, replyCount: 0, deadline: 0)])
        try send(&outgoing)
        guard outgoing.isEmpty else { throw RedisError(code: .timedOut, message: "the connection takes nothing") }
    }

    /// Takes the replies to what was posted; also those that came before a deadline that has passed.
    func collect(_ count: Int, until deadline: UInt64) throws(RedisError) -> [RedisValue] {
        var replies: [RedisValue] = []
        while replies.count < count {
            if let reply = try nextReply() {
                replies.append(reply)
            } else {
                try receive(until: deadline, wantsWrite: false)
            }
        }
        return replies
    }

    private func send(_ outgoing: inout Outgoing) throws(RedisError) {
        while outgoing.fill(upTo: Self.writeSize) {
            let sent = outgoing.withPending { chiredis_send(context, $0.baseAddress, $0.count) }
            if sent < 0 { throw Self.lost(error: sent) }
            if sent == 0 { return }
            outgoing.advance(by: sent)
        }
    }

    private func receive(until deadline: UInt64, wantsWrite: Bool) throws(RedisError) {
        let now = DispatchTime.now().uptimeNanoseconds
        let milliseconds = deadline <= now ? 0 : (deadline - now) / 1_000_000 + 1
        let ready = chiredis_wait(context, wantsWrite ? 1 : 0, Int32(clamping: milliseconds))
        if ready == 0 { throw RedisError(code: .timedOut, message: "no reply within the deadline") }
        if ready < 0 { throw Self.lost(error: Int(ready)) }
        while true {
            let count = chiredis_receive(context, received.baseAddress, received.count)
            if count < 0 { throw Self.lost(error: count) }
            if count == 0 { return }
            guard chiredis_feed(context, received.baseAddress, count) == REDIS_OK else { throw parseError }
            if count < received.count { return }
        }
    }

    private func nextReply() throws(RedisError) -> RedisValue? {
        var reply: UnsafeMutablePointer<redisReply>?
        guard chiredis_next_reply(context, &reply) == REDIS_OK else { throw parseError }
        guard let reply else { return nil }
        defer { freeReplyObject(reply) }
        return RedisValue(copying: reply)
    }

    private var parseError: RedisError {
        RedisError(code: .invalidReply, message: String(cString: chiredis_parse_error(context)))
    }

    private static func lost(error negated: Int) -> RedisError {
        RedisError(code: .connectionLost, message: String(cString: strerror(Int32(-negated))))
    }
}

/// Gathers the bytes of many exchanges into writes of a bounded size.
private struct Outgoing {
    private let exchanges: [RedisSocket.Exchange]
    private var next = 0
    private var nextOffset = 0
    private var pending: [UInt8] = []
    private var pendingOffset = 0

    init(_ exchanges: [RedisSocket.Exchange]) {
        self.exchanges = exchanges
    }

    var isEmpty: Bool { pendingOffset == pending.count && next == exchanges.count }

    /// Makes sure that something is pending; `false` when all was sent.
    mutating func fill(upTo size: Int) -> Bool {
        guard pendingOffset == pending.count else { return true }
        pending.removeAll(keepingCapacity: true)
        pendingOffset = 0
        while next < exchanges.count, pending.count < size {
            let bytes = exchanges[next].bytes
            let end = min(bytes.count, nextOffset + size - pending.count)
            pending.append(contentsOf: bytes[nextOffset..<end])
            nextOffset = end
            if end == bytes.count { (next, nextOffset) = (next + 1, 0) }
        }
        return !pending.isEmpty
    }

    func withPending<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        pending.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[pendingOffset...])) }
    }

    mutating func advance(by count: Int) {
        pendingOffset += count
    }
}
