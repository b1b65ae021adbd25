import Events
import Kafka
import Logging
import NIOConcurrencyHelpers
import ServiceSupport
import Threading

/// A bounded, durable queue on disk for records that Kafka does not take now.
///
/// One thread does all the work on the files. Requests that arrive while it syncs share the next sync. Records are named
/// by ids that the caller gives out in ascending order; each stays until it is released.
final class Spool: Sendable {
    typealias EntryID = SpoolSegments.EntryID

    /// What operators see.
    struct Status: Sendable {
        /// Bytes on disk.
        var bytes = 0
        /// Records that Kafka has not acknowledged.
        var records = 0
        /// Since when the oldest segment that is still needed has been collecting.
        var storedSince: Timestamp?
        /// Why the last records could not be stored, and when that was.
        var refusal: (error: SpoolError, at: ContinuousClock.Instant)?
    }

    private enum Command: Sendable {
        case append([(id: EntryID, message: KafkaOutgoingMessage)], @Sendable (Result<Void, SpoolError>) -> Void)
        case read([EntryID], @Sendable ([SpoolRecord?]) -> Void)
        case release([EntryID])
        case keepAside(EntryID)
        case close(@Sendable () -> Void)
    }

    let maximumBytes: Int
    /// The id that the next record gets at the start.
    let firstID: EntryID
    private let commands = WorkQueue<Command>()
    private let published: NIOLockedValueBox<Status>
    private let metrics: SpoolMetrics
    private let refusals: RepeatedErrorLog

    /// Opens the folder, tells of every record found there, oldest first, and starts the thread; blocks until then.
    init(
        settings: SpoolSettings,
        metrics: SpoolMetrics,
        logger: Logger,
        found: (EntryID, KafkaOutgoingMessage) -> Void
    ) throws(SpoolError) {
        maximumBytes = settings.maximumBytes
        self.metrics = metrics
        refusals = RepeatedErrorLog(logger)
        var segments = SpoolSegments(folder: try SpoolFolder(path: settings.folder), maximumBytes: maximumBytes)
        let recovery = try segments.recover(found)
        firstID = segments.nextID
        published = NIOLockedValueBox(Self.status(of: segments))
        if recovery.tornBytes > 0 {
            logger.warning(
                "the spool's last record was cut off when the process ended; it was never acknowledged",
                metadata: ["spool.bytes": "\(recovery.tornBytes)"]
            )
        }
        if recovery.damaged > 0 {
            metrics.corrupt.increment(by: recovery.damaged)
            logger.error(
                "the spool is damaged: records are lost; the files are kept aside as *.kept",
                metadata: ["spool.folder": "\(settings.folder)", "spool.damaged": "\(recovery.damaged)"]
            )
        }
        if segments.records > 0 {
            logger.notice(
                "the spool holds records from before and is drained first",
                metadata: ["spool.records": "\(segments.records)", "spool.bytes": "\(segments.bytes)"]
            )
        }
        // Taken out by the thread, so that nothing else holds files that it deletes.
        let start = NIOLockedValueBox<SpoolSegments?>(segments)
        DedicatedThread.start { [self] in
            let segments = start.withLockedValue { start in
                defer { start = nil }
                return start
            }
            if let segments { work(on: segments) }
        }
    }

    var status: Status { published.withLockedValue { $0 } }

    /// Stores `entries`, whose ids ascend from call to call, all or none; `completion` runs on the spool's thread.
    func append(
        _ entries: [(id: EntryID, message: KafkaOutgoingMessage)],
        completion: @escaping @Sendable (Result<Void, SpoolError>) -> Void
    ) {
        if !commands.append(.append(entries, completion)) { completion(.failure(.closed)) }
    }

    /// The records with these ids; `nil` for what cannot be read back.
    func read(_ ids: [EntryID]) async -> [SpoolRecord?] {
        let records = NIOLockedValueBox<[SpoolRecord?]>(Array(repeating: nil, count: ids.count))
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOpen = commands.append(
                .read(ids) { found in
                    records.withLockedValue { $0 = found }
                    continuation.resume()
                }
            )
            if !isOpen { continuation.resume() }
        }
        return records.withLockedValue { $0 }
    }

    /// Kafka has these.
    func release(_ ids: [EntryID]) {
        _ = commands.append(.release(ids))
    }

    /// Before a record is given up: its segment stays on disk for people to look at.
    func keepAside(_ id: EntryID) {
        _ = commands.append(.keepAside(id))
    }

    /// Finishes what was asked for and ends the thread.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            if !commands.append(.close { continuation.resume() }) { continuation.resume() }
        }
        commands.close()
    }

    // MARK: The thread

    private func work(on start: consuming SpoolSegments) {
        var segments = start
        while let batch = commands.takeAll() {
            // What was released makes room for what is to be stored.
            for command in batch {
                switch command {
                case .release(let ids): for id in ids { segments.release(id) }
                case .keepAside(let id): segments.keepAside(id)
                case .append, .read, .close: break
                }
            }
            append(batch, to: &segments)
            for case .read(let ids, let completion) in batch { completion(ids.map { segments.read($0) }) }
            publish(segments, refusal: nil)
            for case .close(let completion) in batch {
                segments.unlock()
                completion()
            }
        }
    }

    private func append(_ batch: [Command], to segments: inout SpoolSegments) {
        var groups: [[(id: EntryID, frame: [UInt8])]] = []
        var completions: [@Sendable (Result<Void, SpoolError>) -> Void] = []
        let now = Timestamp.now
        for case .append(let entries, let completion) in batch {
            groups.append(
                entries.map { ($0.id, SpoolFrame.encode(SpoolRecord(storedAt: now, message: $0.message))) }
            )
            completions.append(completion)
        }
        guard !groups.isEmpty else { return }
        let start = ContinuousClock.now
        let results = segments.append(groups)
        metrics.syncs.observe(ContinuousClock.now - start)
        var refusal: SpoolError?
        for (group, result) in zip(groups, results) {
            switch result {
            case .success: metrics.stored.increment(by: group.count)
            case .failure(let error):
                metrics.refused.increment(by: group.count)
                refusal = error
            }
        }
        publish(segments, refusal: refusal)
        for (completion, result) in zip(completions, results) { completion(result) }
    }

    private func publish(_ segments: SpoolSegments, refusal: SpoolError?) {
        var status = Self.status(of: segments)
        published.withLockedValue { published in
            // More room than before: what was refused then may be taken now.
            status.refusal = status.bytes < published.bytes ? nil : published.refusal
            if let refusal { status.refusal = (refusal, .now) }
            published = status
        }
        guard let refusal else { return }
        refusals.log(
            level: .error,
            "the spool cannot take events: they are answered with 503",
            metadata: ["error": "\(refusal)"]
        )
    }

    private static func status(of segments: SpoolSegments) -> Status {
        Status(bytes: segments.bytes, records: segments.records, storedSince: segments.storedSince)
    }
}
