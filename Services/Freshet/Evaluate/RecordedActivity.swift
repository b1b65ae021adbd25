import Catalog
import Events
import Foundation
import Sessions

/// Activity that stands in files: what `freshet replay` sends, or what `freshet export` wrote.
struct RecordedActivity: Sendable {
    /// As the stream processor would have passed it on.
    var activities: [Activity]
    /// What the items are, by id; an export says nothing of them.
    var catalog: [String: CatalogItem] = [:]

    /// Reads a data set, or the folder of an export.
    static func read(_ path: String, sessions: SessionPolicy) async throws -> RecordedActivity {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let days = names.filter { $0.hasPrefix("day=") }.sorted()
        guard days.isEmpty else {
            return RecordedActivity(
                activities: try days.flatMap { try exported(URL(filePath: path).appending(path: $0)) }
            )
        }
        return try RecordedActivity(try await DatasetFile.open(path), sessions: sessions)
    }

    private init(activities: [Activity]) {
        self.activities = activities
    }

    /// Finds the sessions, passes over clients' retries and adds what the catalog says.
    init(_ dataset: any Dataset, sessions: SessionPolicy) throws {
        let catalog = Dictionary(dataset.items.map { ($0.id, $0) }) { _, later in later }
        var states: [UserKey: StreamState] = [:]
        activities = []
        for index in 0..<dataset.eventCount {
            let event = try EventCodec.decode(dataset.event(at: index, movedBy: 0).json)
            guard let user = event.userKey else { continue }
            let source = SourceCoordinates(
                generation: 1,
                topic: EventRouting().topic(for: event.type) ?? .engagement,
                partition: 0,
                offset: Int64(index)
            )
            let verdict = states[user, default: StreamState()].apply(
                source,
                eventID: event.eventID,
                time: event.timestamp,
                receivedAt: event.timestamp,
                user: user,
                policy: sessions
            )
            guard case .processed(let session) = verdict else { continue }
            activities.append(
                Activity(
                    event: event,
                    user: user,
                    source: source,
                    receivedAt: event.timestamp,
                    session: session,
                    item: event.itemID.flatMap { catalog[$0] }.map {
                        Activity.ItemFacts(categories: $0.categories, tags: $0.tags, creator: $0.creator)
                    }
                )
            )
        }
        self.catalog = catalog
    }

    /// The files of one day.
    private static func exported(_ day: URL) throws -> [Activity] {
        let names = try FileManager.default.contentsOfDirectory(atPath: day.path).filter { $0.hasSuffix(".csv") }
            .sorted()
        return try names.flatMap { name in
            let file = day.appending(path: name)
            guard let data = FileManager.default.contents(atPath: file.path) else {
                throw EvaluationComplaint("cannot read \(file.path)")
            }
            return try CSVLines(Array(data)).dropFirst().map { fields in
                guard let activity = Activity(exported: fields) else {
                    throw EvaluationComplaint(
                        "\(file.path): '\(fields.joined(separator: ","))' is no line of an export"
                    )
                }
                return activity
            }
        }
    }
}

extension Activity {
    /// Reads a line of ``ActivityTable``; `nil` for anything else.
    fileprivate init?(exported fields: [String]) {
        guard fields.count == 11, let time = Int64(fields[4]), let start = Int64(fields[5]),
            let received = Int64(fields[6]), fields[3].isEmpty || Double(fields[3]) != nil
        else { return nil }
        let user = UserKey(rawValue: fields[0])
        self.init(
            event: Event(
                eventID: "",
                type: EventType(rawValue: fields[2]),
                itemID: fields[1].isEmpty ? nil : fields[1],
                value: Double(fields[3]),
                timestamp: Timestamp(milliseconds: time)
            ),
            user: user,
            source: SourceCoordinates(generation: 0, topic: .views, partition: 0, offset: 0),
            receivedAt: Timestamp(milliseconds: received),
            session: Session(user: user, start: Timestamp(milliseconds: start))
        )
    }
}
