import Foundation
import Threading

/// Artefacts as files: each written beside, synced and renamed, so that a name stands for whole bytes for ever.
///
/// Reads and writes on threads of their own.
struct ModelDirectory: Sendable {
    let path: String

    /// Files that no version names are removed after so long: a trainer that was killed has left them.
    private static let strayLifetime: TimeInterval = 3600

    func write(_ bytes: [UInt8], name: String) async throws(StoreError) {
        try await run { directory in
            let manager = FileManager.default
            try manager.createDirectory(at: directory, withIntermediateDirectories: true)
            let temporary = directory.appending(path: name + ".part")
            guard manager.createFile(atPath: temporary.path(percentEncoded: false), contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let file = try FileHandle(forWritingTo: temporary)
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
            try file.close()
            try manager.moveItem(at: temporary, to: directory.appending(path: name))
            // The new name is on disk once the directory is; not every mounted store can.
            let entry = try? FileHandle(forReadingFrom: directory)
            try? entry?.synchronize()
            try? entry?.close()
        }
    }

    /// The bytes; `nil` when there is no such file.
    func read(_ name: String) async throws(StoreError) -> [UInt8]? {
        try await run { directory in
            let file = directory.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return nil }
            return Array(try Data(contentsOf: file))
        }
    }

    func remove(_ name: String) async {
        try? await run { directory in try FileManager.default.removeItem(at: directory.appending(path: name)) }
    }

    /// Removes what is old and not to be kept.
    func sweep(keeping kept: Set<String>, prefix: String) async {
        try? await run { directory in
            let old = Date().addingTimeInterval(-Self.strayLifetime)
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.path(percentEncoded: false))
            where name.hasPrefix(prefix) && !kept.contains(name) {
                let file = directory.appending(path: name)
                let values = try file.resourceValues(forKeys: [.contentModificationDateKey])
                if values.contentModificationDate ?? .now < old { try FileManager.default.removeItem(at: file) }
            }
        }
    }

    private func run<Result: Sendable>(
        _ body: @escaping @Sendable (URL) throws -> Result
    ) async throws(StoreError) -> Result {
        let directory = URL(filePath: path, directoryHint: .isDirectory)
        return try await DedicatedThread.run { () -> Swift.Result<Result, StoreError> in
            do {
                return .success(try body(directory))
            } catch {
                return .failure(StoreError(code: .unavailable, message: "\(directory.path()): \(error)"))
            }
        }.get()
    }
}
