import Events
import Kafka
import ServiceSupport
import Sessions
import Stores

/// Rule 10: what came in is what was processed, dropped as a duplicate, or rejected; from durable facts alone.
struct Books: Sendable {
    /// One `events.*` topic.
    struct Topic: Sendable {
        var name: String
        /// Records that the broker has.
        var records = 0
        /// Offsets below the oldest record: deleted by retention, counted as records that were there.
        var expired = 0
    }

    var topics: [Topic] = []
    /// Users with a stream state, and the sums of their counters.
    var users = 0
    var processed = 0
    var duplicates = 0
    /// Distinct coordinates that the stream-processor has rejected.
    var rejected = 0
    /// Distinct coordinates that the profile-updater has rejected; these are processed records.
    var rejectedLater = 0
    /// What direct producers or clients sent and the collector refused: never in `events.*`.
    var refused = 0
    /// Records of `events.rejected` that came twice.
    var rejectedAgain = 0
    /// States that could not be read.
    var unreadable = 0

    var records: Int { topics.reduce(0) { $0 + $1.records + $1.expired } }
    var accounted: Int { processed + duplicates + rejected }
    var balance: Bool { records == accounted && unreadable == 0 }
}

/// Reads topics and states and adds them up.
struct BookKeeper: Sendable {
    let settings: ToolSettings

    /// Counts everything once; with events in flight the sides may differ for a moment.
    func read(states: RedisStreamStateStore) async throws -> Books {
        var books = Books()
        for topic in settings.topics.allEvents { books.topics.append(try await count(topic)) }
        try await countRejected(into: &books)
        try await addStates(states, into: &books)
        return books
    }

    private func count(_ name: String) async throws -> Books.Topic {
        var topic = Books.Topic(name: name)
        try await readAll(name) { messages in
            topic.records += messages.count
        } watermarks: { marks in
            topic.expired = Int(marks.values.reduce(0) { $0 + $1.low })
        }
        return topic
    }

    private func countRejected(into books: inout Books) async throws {
        var streams: Set<SourceCoordinates> = []
        var profiles: Set<SourceCoordinates> = []
        var (refused, again) = (0, 0)
        try await readAll(settings.topics.rejected) { messages in
            for message in messages {
                let headers = EventHeaders(
                    message.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }
                )
                guard let source = headers.source else {
                    refused += 1
                    continue
                }
                let isNew =
                    headers.stage == .profileUpdater
                    ? profiles.insert(source).inserted : streams.insert(source).inserted
                if !isNew { again += 1 }
            }
        }
        books.rejected = streams.count
        books.rejectedLater = profiles.count
        books.refused = refused
        books.rejectedAgain = again
    }

    private func addStates(_ states: RedisStreamStateStore, into books: inout Books) async throws {
        // A scan may name a key twice.
        var seen: Set<UserKey> = []
        for try await page in states.allUsers() {
            let users = page.filter { seen.insert($0).inserted }
            for outcome in try await states.load(users) {
                switch outcome {
                case .found(let state):
                    books.users += 1
                    books.processed += state.processed
                    books.duplicates += state.duplicates
                case .failed: books.unreadable += 1
                case .absent: continue
                }
            }
        }
    }

    /// Reads a topic up to where it ended at the start.
    private func readAll(
        _ topic: String,
        _ body: ([KafkaMessage]) -> Void,
        watermarks: ([KafkaTopicPartition: (low: Int64, high: Int64)]) -> Void = { _ in }
    ) async throws {
        let reader = try await KafkaReader(
            settings: settings.kafka.client,
            topics: [topic],
            from: .beginning,
            maxBatch: 5000,
            logger: ToolSettings.logger
        )
        do {
            let marks = try await reader.watermarks()
            watermarks(marks)
            while !marks.allSatisfy({ reader.positions[$0.key] ?? $0.value.low >= $0.value.high }),
                let batch = try await reader.nextBatch()
            {
                body(batch.filter { $0.offset < marks[$0.topicPartition]?.high ?? 0 })
            }
            await reader.close()
        } catch {
            await reader.close()
            throw error
        }
    }
}
