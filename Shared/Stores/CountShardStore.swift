public import Events
public import Redis

/// Item counts per window, in one shard per `activity` partition, each shard behind its own fence.
///
/// Readers add the shards up.
public struct CountShardStore: Sendable {
    /// One number that grows.
    public struct Increment: Hashable, Sendable {
        /// The window's kind.
        public var window: CountWindow
        /// The window's start.
        public var start: Timestamp
        /// What is counted.
        public var metric: ItemMetric
        /// The item.
        public var itemID: String
        /// By how much.
        public var amount: Int

        /// Creates an increment.
        public init(window: CountWindow, start: Timestamp, metric: ItemMetric, itemID: String, amount: Int = 1) {
            self.window = window
            self.start = start
            self.metric = metric
            self.itemID = itemID
            self.amount = amount
        }
    }

    /// The increments at which a write ends, about a millisecond of Redis; a single activity's are never divided, as they
    /// share one move of the fence.
    public static let maximumIncrements = 500

    private let redis: RedisClient
    private let keys: KeySpace
    private let mode: FenceMode

    /// KEYS are the fence and then the windows; ARGV `1` when fenced, expected fence, new fence, then per window: when it
    /// expires (seconds since 1970), the number of fields, and fields and amounts.
    private static let increment = RedisScript(
        name: "fenced-counts",
        source: """
            local fence = redis.call('GET', KEYS[1]) or ''
            if ARGV[1] == '1' and fence ~= ARGV[2] then return 0 end
            for k = 2, #KEYS do
              local kind = redis.call('TYPE', KEYS[k]).ok
              if kind ~= 'hash' and kind ~= 'none' then
                return redis.error_reply('WRONGTYPE a window of counts is a ' .. kind)
              end
            end
            local at = 4
            for k = 2, #KEYS do
              local expiry, count = ARGV[at], tonumber(ARGV[at + 1])
              at = at + 2
              for _ = 1, count do
                redis.call('HINCRBY', KEYS[k], ARGV[at], ARGV[at + 1])
                at = at + 2
              end
              redis.call('EXPIREAT', KEYS[k], expiry)
            end
            redis.call('SET', KEYS[1], ARGV[3])
            return 1
            """
    )

    /// Creates a store on `redis`.
    public init(redis: RedisClient, keys: KeySpace = KeySpace(), mode: FenceMode = .enforced) {
        self.redis = redis
        self.keys = keys
        self.mode = mode
    }

    /// The fence of a shard; `nil` when nothing has been counted in it.
    public func fence(partition: Int32) async throws(StoreError) -> Fence? {
        var pipeline = RedisPipeline()
        pipeline.append("GET", key: keys.countsFence(partition: partition))
        guard let bytes = try await redis.checkedReplies(to: pipeline)[0].bytes else { return nil }
        do throws(BinaryReader.Failure) {
            return try Fence(decoding: bytes)
        } catch {
            throw .corrupt("the fence of a shard of counts cannot be read")
        }
    }

    /// Adds `increments`, about ``maximumIncrements`` at most, and moves the fence, if it still is `expected`.
    ///
    /// Answers `false` for a conflict: read the fence again.
    public func add(
        _ increments: [Increment],
        partition: Int32,
        expected: Fence?,
        fence: Fence
    ) async throws(StoreError) -> Bool {
        var scriptKeys = [keys.countsFence(partition: partition)]
        var arguments: [[UInt8]] = [
            [mode == .enforced ? UInt8(ascii: "1") : UInt8(ascii: "0")], expected?.encoded() ?? [], fence.encoded(),
        ]
        // The fields of a window hardly differ in window and start, so a short list of windows is quicker than a dictionary.
        var windows: [(kind: CountWindow, start: Timestamp, fields: [[UInt8]])] = []
        for increment in increments {
            let known = windows.firstIndex { $0.start == increment.start && $0.kind == increment.window }
            let index = known ?? windows.endIndex
            if known == nil { windows.append((increment.window, increment.start, [])) }
            windows[index].fields.append(Self.field(increment))
            windows[index].fields.append(Array(String(increment.amount).utf8))
        }
        for window in windows {
            scriptKeys.append(keys.counts(partition: partition, window: window.kind, start: window.start))
            let expiry = (window.start.milliseconds + window.kind.retentionMilliseconds) / 1000
            arguments.append(Array(String(expiry).utf8))
            arguments.append(Array(String(window.fields.count / 2).utf8))
            arguments += window.fields
        }
        var pipeline = RedisPipeline()
        pipeline.append(script: Self.increment, keys: scriptKeys, arguments: arguments)
        return try await redis.checkedReplies(to: pipeline)[0] == .integer(1)
    }

    /// The sum over the shards `partitions` of all counts in the windows that start at `starts`.
    ///
    /// A key that is not a window of counts counts as empty.
    public func totals(
        window: CountWindow,
        starts: [Timestamp],
        partitions: Range<Int32>
    ) async throws(StoreError) -> [ItemMetric: [String: Int]] {
        var pipeline = RedisPipeline()
        for start in starts {
            for partition in partitions {
                pipeline.append("HGETALL", key: keys.counts(partition: partition, window: window, start: start))
            }
        }
        guard !pipeline.isEmpty else { return [:] }
        var totals: [ItemMetric: [String: Int]] = [:]
        for reply in try await redis.replies(to: pipeline) {
            if let error = reply.error.map(StoreError.init), error.isRetriable { throw error }
            let parts = reply.array ?? []
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                guard let field = parts[index].string, let amount = parts[index + 1].string.flatMap(Int.init),
                    let metric = ItemMetric(rawValue: String(field.prefix(1)))
                else { continue }
                let item = String(field.dropFirst(2))
                let sum = (totals[metric]?[item] ?? 0).addingReportingOverflow(amount)
                if !sum.overflow { totals[metric, default: [:]][item] = sum.partialValue }
            }
        }
        return totals
    }

    /// The hash field of an increment: metric, colon, item.
    private static func field(_ increment: Increment) -> [UInt8] {
        var field: [UInt8] = []
        field.reserveCapacity(2 + increment.itemID.utf8.count)
        field.append(contentsOf: increment.metric.rawValue.utf8)
        field.append(UInt8(ascii: ":"))
        field.append(contentsOf: increment.itemID.utf8)
        return field
    }
}
