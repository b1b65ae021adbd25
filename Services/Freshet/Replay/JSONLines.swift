import Catalog
import Events
import Foundation

/// A file of events, one JSON object a line, already in the order in which they happened.
struct JSONLines: Dataset {
    let items: [CatalogItem] = []
    private let events: [Event]

    init(file: URL) throws {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw Complaint("cannot read \(file.path)")
        }
        let name = file.deletingPathExtension().lastPathComponent
        let lines = Array(data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        events = try lines.enumerated().compactMap { number, line in
            guard line.contains(where: { $0 > 0x20 }) else { return nil }
            do {
                // The same file gives the same ids each time, so that a second replay counts nothing twice.
                let defaults = EventCodec.Defaults(
                    eventID: "\(name)-\(number + 1)",
                    timestamp: Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
                )
                return try EventCodec.decode(Array(line), completing: defaults)
            } catch {
                throw Complaint("\(file.path), line \(number + 1): \(error)")
            }
        }
    }

    var eventCount: Int { events.count }

    func time(at index: Int) -> Timestamp { events[index].timestamp }

    func event(at index: Int, movedBy milliseconds: Int64) -> ReplayEvent {
        var event = events[index]
        event.timestamp.milliseconds += milliseconds
        return ReplayEvent(user: event.userKey?.rawValue ?? "", json: EventCodec.encode(event))
    }
}
