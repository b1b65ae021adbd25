import Foundation
import Threading
import Training

/// The snapshot's file: written beside and renamed, so that there is always a whole one.
///
/// Reads and writes, and the work on the bytes, on threads of their own.
struct SnapshotFile: Sendable {
    private let path: String

    /// `directory` is made when it is missing.
    init(directory: String) {
        path = directory + "/activity-matrix.snapshot"
    }

    /// The snapshot; `nil` when there is no file.
    ///
    /// Throws for damaged bytes.
    func read() async throws -> MatrixSnapshot? {
        let path = path
        return try await DedicatedThread.run {
            Result<MatrixSnapshot?, any Error> {
                guard FileManager.default.fileExists(atPath: path) else { return nil }
                return try MatrixSnapshot(decoding: Array(try Data(contentsOf: URL(filePath: path))))
            }
        }.get()
    }

    /// Replaces the file.
    func write(_ snapshot: MatrixSnapshot) async throws {
        let path = path
        try await DedicatedThread.run {
            TrainingThreads.lowerPriority()
            return Result<Void, any Error> {
                let url = URL(filePath: path)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(snapshot.encoded()).write(to: url, options: .atomic)
            }
        }.get()
    }
}
