/// The keys that match a pattern, a page at a time, without blocking Redis; of a cluster, one master after the other.
///
/// As `SCAN` promises: a key that is there from beginning to end comes at least once, others may or may not, and a
/// key may come twice. Keys whose slot moves to another master meanwhile may be missed.
public struct RedisScan: AsyncSequence, Sendable {
    fileprivate let client: RedisClient
    fileprivate let pattern: String
    fileprivate let count: Int

    /// Begins a scan.
    public func makeAsyncIterator() -> Iterator { Iterator(scan: self) }

    /// One scan from beginning to end.
    public struct Iterator: AsyncIteratorProtocol {
        private let scan: RedisScan
        private var cursor: String?
        private var masters: [RedisNode]?

        fileprivate init(scan: RedisScan) {
            self.scan = scan
        }

        /// Returns the next page that holds keys, or `nil` after the last.
        public mutating func next() async throws(RedisError) -> [String]? {
            var remaining = if let masters { masters } else { try await scan.client.masters() }
            defer { masters = remaining }
            while let master = remaining.first {
                let position = cursor ?? "0"
                let reply = try await scan.client.command(
                    RedisCommand("SCAN", position, "MATCH", scan.pattern, "COUNT", scan.count),
                    on: master
                )
                guard let page = reply.array, page.count == 2, let next = page[0].string, let keys = page[1].array
                else {
                    throw RedisClient.unexpectedReply("SCAN")
                }
                cursor = next == "0" ? nil : next
                if cursor == nil { remaining.removeFirst() }
                if !keys.isEmpty { return keys.compactMap(\.string) }
            }
            return nil
        }

        /// Returns the next page that holds keys, or `nil` after the last.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(RedisError) -> [String]? {
            try await next()
        }
    }
}

extension RedisClient {
    /// Returns the pages of keys that match the glob `pattern`; `count` hints at a page's size.
    public func scan(match pattern: String, count: Int = 1_000) -> RedisScan {
        RedisScan(client: self, pattern: pattern, count: count)
    }
}
