public import Events
public import Redis

/// Item counts per window, in one shard per `activity` partition, each shard behind its own fence.
///
/// Readers add the shards up.
public struct CountShardStore: Sendable {
    /// A number that grows in some of the windows that an hour lies in.
    public struct Increment: Hashable, Sendable {
        /// In which windows it is counted.
        public var windows: CountWindows
        /// A moment within the hour; every window holds whole hours.
        public var time: Timestamp
        /// What is counted.
        public var metric: ItemMetric
        /// The item.
        public var itemID: String
        /// By how much.
        public var amount: Int

        /// Creates an increment.
        public init(windows: CountWindows, time: Timestamp, metric: ItemMetric, itemID: String, amount: Int = 1) {
            self.windows = windows
            self.time = time
            self.metric = metric
            self.itemID = itemID
            self.amount = amount
        }
    }

    /// The fields at which a write ends, about a millisecond of Redis; a single activity's are never divided, as they
    /// share one move of the fence.
    public static let maximumFields = 500

    private let redis: RedisClient
    private let keys: KeySpace
    private let mode: FenceMode

    /// KEYS are the fence and then the windows; ARGV `1` when fenced, expected fence, new fence, then per group of windows
    /// with the same fields: how many windows, when each expires (seconds since 1970), the number of fields, and fields
    /// and amounts.
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
            local at, key = 4, 2
            while key <= #KEYS do
              local windows = tonumber(ARGV[at])
              local first = at + windows + 2
              local last = first + 2 * tonumber(ARGV[first - 1]) - 2
              for w = 1, windows do
                for i = first, last, 2 do redis.call('HINCRBY', KEYS[key], ARGV[i], ARGV[i + 1]) end
                redis.call('EXPIREAT', KEYS[key], ARGV[at + w])
                key = key + 1
              end
              at = last + 2
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

    /// Adds `increments`, about ``maximumFields`` at most, and moves the fence, if it still is `expected`.
    ///
    /// Answers `false` for a conflict: read the fence again.
    public func add(
        _ increments: [Increment],
        partition: Int32,
        expected: Fence?,
        fence: Fence
    ) async throws(StoreError) -> Bool {
        var scriptKeys = [keys.countsFence(partition: partition)]
        var arguments = RedisArguments(reservingCapacity: 128 + increments.count * 40)
        arguments.append(mode == .enforced ? 1 : 0)
        arguments.append(expected?.encoded() ?? [])
        arguments.append(fence.encoded())
        for (hour, group) in Self.groups(of: increments) {
            arguments.append(Int64(hour.windows.count))
            for window in CountWindow.allCases where hour.windows.contains(CountWindows(window)) {
                let start = window.start(of: hour.start)
                scriptKeys.append(keys.counts(partition: partition, window: window, start: start))
                arguments.append((start.milliseconds + window.retentionMilliseconds) / 1000)
            }
            arguments.append(Int64(group.count))
            for index in group {
                arguments.append(increments[index].metric.fieldPrefix, increments[index].itemID)
                arguments.append(Int64(increments[index].amount))
            }
        }
        var pipeline = RedisPipeline()
        pipeline.append(script: Self.increment, keys: scriptKeys, arguments: arguments)
        return try await redis.checkedReplies(to: pipeline)[0] == .integer(1)
    }

    /// Where increments stand that go to the same windows of the same hour.
    private static func groups(
        of increments: [Increment]
    ) -> [(hour: (start: Timestamp, windows: CountWindows), indices: [Int])] {
        // Increments of a write hardly differ in hour and windows, so a short list is quicker than a dictionary.
        var groups: [(hour: (start: Timestamp, windows: CountWindows), indices: [Int])] = []
        for (index, increment) in increments.enumerated() where !increment.windows.isEmpty {
            let hour = (start: CountWindow.hour.start(of: increment.time), windows: increment.windows)
            if let known = groups.firstIndex(where: { $0.hour == hour }) {
                groups[known].indices.append(index)
            } else {
                groups.append((hour, [index]))
            }
        }
        return groups
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
}

extension ItemMetric {
    /// What stands before the item in a hash field.
    fileprivate var fieldPrefix: String { rawValue + ":" }
}
