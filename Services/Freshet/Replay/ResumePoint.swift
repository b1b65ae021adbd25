import Foundation

/// How far a replay has come, kept so that `--resume` goes on from there with the same times.
struct ResumePoint: Codable, Sendable {
    /// Events that the collector has taken.
    var sent: Int
    /// How far all times are moved, in milliseconds.
    var shift: Int64

    /// The file for one data set and one collector.
    static func file(dataset: String, collector: String) -> URL {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"] ?? FileManager.default.temporaryDirectory.path
        let folder = environment["XDG_STATE_HOME"] ?? "\(home)/.local/state"
        let path = URL(filePath: dataset).standardizedFileURL.path
        // FNV-1a: the same in every run, which Swift's own hashes are not.
        let hash = "\(path) \(collector)".utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        return URL(filePath: folder).appending(path: "freshet/replay-\(String(hash, radix: 16)).json")
    }

    init(sent: Int, shift: Int64) {
        self.sent = sent
        self.shift = shift
    }

    init?(file: URL) {
        guard let data = FileManager.default.contents(atPath: file.path),
            let point = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = point
    }

    func write(to file: URL) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try JSONEncoder().encode(self).write(to: file, options: .atomic)
    }
}
