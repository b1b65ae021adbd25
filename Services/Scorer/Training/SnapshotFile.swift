import Foundation
import Threading

/// The snapshot's file: written beside and renamed, so that there is always a whole one.
///
/// Reads and writes on threads of their own.
struct SnapshotFile: Sendable {
    private let path: String

    /// `directory` is made when it is missing.
    init(directory: String) {
        path = directory + "/activity-matrix.snapshot"
    }

    /// The bytes; `nil` when there is no file.
    func read() async throws -> [UInt8]? {
        let path = path
        return try await DedicatedThread.run {
            Result<[UInt8]?, any Error> {
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                return Array(try Data(contentsOf: URL(filePath: path)))
            }
        }.get()
    }

    /// Replaces the file.
    func write(_ bytes: [UInt8]) async throws {
        let path = path
        try await DedicatedThread.run {
            Result<Void, any Error> {
                let url = URL(filePath: path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(bytes).write(to: url, options: .atomic)
            }
        }.get()
    }
}
