import Foundation

/// The files of one partition, `day=2026-11-21/part-00003.csv`: written under names that no reader looks at, renamed when all is
/// there.
///
/// Blocks: for a thread of its own. Few files are open at a time, however many days there are.
struct DayFiles: Sendable {
    private let folder: URL
    private let name: String
    private var days: Set<ExportDay> = []
    /// The latest used last.
    private var open: [(day: ExportDay, handle: FileHandle)] = []

    private static let mostOpen = 64

    /// The files of a partition in an export's folder.
    init(folder: URL, partition: Int32) {
        self.folder = folder
        let number = String(partition)
        name = "part-" + String(repeating: "0", count: max(0, 5 - number.count)) + number + ".csv"
    }

    /// How many files there are.
    var count: Int { days.count }

    /// Appends lines to the file of a day; the first ones come after the header.
    mutating func append(_ lines: [UInt8], to day: ExportDay) throws {
        let handle = try handle(of: day)
        try handle.write(contentsOf: Data(lines))
    }

    /// Gives the files their names.
    mutating func finish() throws {
        for (_, handle) in open { try handle.close() }
        open = []
        for day in days {
            try FileManager.default.moveItem(at: unfinished(day), to: directory(day).appending(path: name))
        }
    }

    private mutating func handle(of day: ExportDay) throws -> FileHandle {
        if let place = open.lastIndex(where: { $0.day == day }) {
            let found = open.remove(at: place)
            open.append(found)
            return found.handle
        }
        if open.count == Self.mostOpen { try open.removeFirst().handle.close() }
        let file = unfinished(day)
        if days.insert(day).inserted {
            try FileManager.default.createDirectory(at: directory(day), withIntermediateDirectories: true)
            try Data(ActivityTable.header.utf8).write(to: file)
        }
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        open.append((day, handle))
        return handle
    }

    private func directory(_ day: ExportDay) -> URL { folder.appending(path: "day=\(day)") }

    private func unfinished(_ day: ExportDay) -> URL { directory(day).appending(path: ".\(name).part") }
}
