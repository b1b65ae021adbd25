import ChildProcesses
import Foundation

/// Opens a data set by its path: a MovieLens folder, the same packed, or a JSONL file of events.
struct DatasetFile {
    /// Reads the data set; what had to be unpacked is removed again.
    static func open(_ path: String) async throws -> any Dataset {
        let url = URL(filePath: path)
        guard let kind = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)[.type]
        else {
            throw Complaint("\(path) does not exist")
        }
        if kind as? FileAttributeType == .typeDirectory { return try MovieLens(folder: url) }
        let name = url.lastPathComponent.lowercased()
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return try JSONLines(file: url) }
        let unpack: [String]
        if name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") || name.hasSuffix(".tar") || name.hasSuffix(".tar.xz") {
            unpack = ["tar", "-xf", url.path, "-C"]
        } else if name.hasSuffix(".zip") {
            unpack = ["unzip", "-q", url.path, "-d"]
        } else {
            throw Complaint("\(path): a data set is a MovieLens folder, the same as .tar.gz or .zip, or a .jsonl file")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "freshet-dataset-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let child = try ChildProcess(
            "/usr/bin/env",
            arguments: unpack + [folder.path],
            environment: ProcessInfo.processInfo.environment
        ) { line in print(line) }
        let ending = await child.waitUntilEnded()
        guard ending == .exited(0) else { throw Complaint("cannot unpack \(path): \(unpack[0]) \(ending)") }
        return try MovieLens(folder: try ratingsFolder(in: folder, path))
    }

    private static func ratingsFolder(in folder: URL, _ path: String) throws -> URL {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            if file.lastPathComponent == "ratings.csv" { return file.deletingLastPathComponent() }
        }
        throw Complaint("\(path) holds no ratings.csv")
    }
}
