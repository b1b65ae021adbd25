import Events
import HTTPTypes
import Hummingbird
import Kafka
import NIOConcurrencyHelpers
import NIOCore
import ServiceSupport

/// `POST /v1/events`: reads, checks and produces the events of one body, and answers when Kafka or the spool has them.
struct EventsController: Sendable {
    let validator: EventValidator
    let topics: TopicNames
    let limiter: NIOLockedValueBox<UserLimiter>?
    let budget: BodyBudget
    let delivery: EventDelivery
    let metrics: CollectorMetrics
    let now: @Sendable () -> Timestamp

    func post(_ request: Request, _ context: some RequestContext) async throws -> Response {
        let format = try BodyFormat(
            contentType: request.headers[.contentType],
            contentEncoding: request.headers[.contentEncoding]
        )
        let limit = validator.limits.maximumBatchBytes
        let length = request.headers[.contentLength].flatMap { Int($0) }
        guard length ?? 0 <= limit else { throw Self.tooLarge(limit) }
        // A compressed body is held twice for a moment.
        let reserved = (length ?? limit) + (format.isCompressed ? limit : 0)
        guard budget.reserve(reserved) else { throw Self.busy }
        let receivedAt = now()
        let body: [UInt8]
        do {
            body = try await Self.bytes(of: request.body, limit: limit)
        } catch {
            budget.release(reserved)
            throw error
        }
        let release: @Sendable () -> Void = { [budget] in budget.release(reserved) }
        let answer: [UInt8]
        if body.count > Self.largeBody || format.isCompressed {
            answer = try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await takeInPool(body, as: format, receivedAt: receivedAt, whenDone: release)
            }
        } else {
            answer = try await take(body, as: format, receivedAt: receivedAt, whenDone: release)
        }
        return Response(
            status: .accepted,
            headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: answer))
        )
    }

    /// Bodies from here on are read and handed on in the pool of tasks, so that the event loop's other connections need not
    /// wait for it.
    private static let largeBody = 8 * 1024

    @concurrent
    private func takeInPool(
        _ body: [UInt8],
        as format: BodyFormat,
        receivedAt: Timestamp,
        whenDone: @escaping @Sendable () -> Void
    ) async throws -> [UInt8] {
        try await take(body, as: format, receivedAt: receivedAt, whenDone: whenDone)
    }

    /// The answer to a body whose good events Kafka or the spool has.
    private func take(
        _ body: [UInt8],
        as format: BodyFormat,
        receivedAt: Timestamp,
        whenDone: @escaping @Sendable () -> Void
    ) async throws -> [UInt8] {
        let batch: IntakeBatch
        do {
            batch = try limited(intake(body, as: format, receivedAt: receivedAt), now: receivedAt)
        } catch {
            whenDone()
            throw error
        }
        try await deliver(batch, receivedAt: receivedAt, whenDone: whenDone)
        metrics.recordAnswered(batch)
        return batch.answer
    }

    private func intake(_ received: [UInt8], as format: BodyFormat, receivedAt: Timestamp) throws -> IntakeBatch {
        let limits = validator.limits
        let body = format.isCompressed ? try Self.inflate(received, limit: limits.maximumBatchBytes) : received
        let ranges: [Range<Int>]
        do {
            ranges = try BodySplitter.split(body, as: format.syntax, limit: limits.maximumBatchEvents)
        } catch {
            switch error {
            case .notJSON(let detail): throw Problem(.badRequest, title: "Not JSON", detail: detail)
            case .tooManyEvents:
                throw Problem(
                    .contentTooLarge,
                    detail: "a batch has at most \(limits.maximumBatchEvents) events"
                )
            }
        }
        if ranges.isEmpty, format.syntax == .lines { throw Problem(.badRequest, detail: "the body is empty") }
        metrics.recordBody(bytes: received.count, events: ranges.count)
        let batch = IntakeBatch(body, at: ranges, validator: validator, now: receivedAt)
        if batch.isNotJSONAtAll, format.syntax == .lines {
            throw Problem(.badRequest, title: "Not JSON", detail: "no line is a JSON object")
        }
        return batch
    }

    /// Without the events of users who have sent too much; throws 429 when that is all of them.
    private func limited(_ batch: IntakeBatch, now: Timestamp) throws(Problem) -> IntakeBatch {
        guard let limiter else { return batch }
        var batch = batch
        limiter.withLockedValue { batch.limit(with: &$0, now: now) }
        guard batch.isLimitedAltogether else { return batch }
        metrics.recordAnswered(batch)
        throw Problem(
            .tooManyRequests,
            title: "Rate limited",
            detail: "rate-limited: the user has sent too many events; send the same body again later",
            retryAfterSeconds: batch.retryAfterSeconds
        )
    }

    /// Returns when Kafka or the spool has all records; throws 429 or 503 when neither has.
    private func deliver(
        _ batch: IntakeBatch,
        receivedAt: Timestamp,
        whenDone: @escaping @Sendable () -> Void
    ) async throws(Problem) {
        let records = batch.records(topics: topics, limits: validator.limits, receivedAt: receivedAt)
        guard case .failed(let failure) = await delivery.send(records, whenDone: whenDone) else { return }
        metrics.recordUnacknowledged()
        switch failure {
        case .queueFull: throw Self.busy
        case .spoolFull: throw Self.spoolFull
        case .unacknowledged: throw Self.unacknowledged
        }
    }

    private static func bytes(of body: RequestBody, limit: Int) async throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                guard bytes.count + chunk.readableBytes <= limit else { throw tooLarge(limit) }
                bytes.append(contentsOf: chunk.readableBytesView)
            }
            return bytes
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.badRequest, title: "Not whole", detail: "the body ends early, or its chunks cannot be read")
        }
    }

    private static func inflate(_ body: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        do {
            return try Gzip.inflate(body, limit: limit)
        } catch {
            switch error {
            case .malformed: throw Problem(.badRequest, title: "Not gzip", detail: "the body is not gzip, or cut off")
            case .tooLarge: throw tooLarge(limit)
            }
        }
    }

    private static func tooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, detail: "a body has at most \(limit) bytes, compressed and uncompressed")
    }

    private static let busy = Problem(
        .tooManyRequests,
        detail: "more events are waiting than can be held; send the same body again, with the same event ids",
        retryAfterSeconds: 1
    )

    private static let unacknowledged = Problem(
        .serviceUnavailable,
        title: "Not acknowledged",
        detail: "Kafka did not acknowledge all events in time; some may have been taken. "
            + "Send the same body again: events with the same eventId count once",
        retryAfterSeconds: 2
    )

    private static let spoolFull = Problem(
        .serviceUnavailable,
        title: "Spool full",
        detail: "Kafka is away and the spool takes no more; some events may have been taken. "
            + "Send the same body again: events with the same eventId count once",
        retryAfterSeconds: 10
    )
}
