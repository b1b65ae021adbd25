import Foundation

/// The folder of an export: `day=…` folders and, when everything is there, the file `_SUCCESS`.
///
/// Blocks: for a thread of its own.
struct ExportFolder: Sendable {
    let url: URL

    private var mark: URL { url.appending(path: "_SUCCESS") }

    /// Makes the folder; complains of one that is not empty, or with `overwriting` removes what an export left there.
    func prepare(overwriting: Bool) throws {
        let files = FileManager.default
        try files.createDirectory(at: url, withIntermediateDirectories: true)
        let names = try files.contentsOfDirectory(atPath: url.path)
        guard !names.isEmpty else { return }
        guard overwriting else {
            throw Complaint(
                "\(url.path) is not empty: name another folder, or replace the export in it with --overwrite"
            )
        }
        for name in names {
            guard name == mark.lastPathComponent || name.hasPrefix("day=") else {
                throw Complaint("\(url.path) holds \(name), which no export wrote: name another folder")
            }
        }
        // First of all: what is half removed is no export.
        if names.contains(mark.lastPathComponent) { try files.removeItem(at: mark) }
        for name in names where name.hasPrefix("day=") { try files.removeItem(at: url.appending(path: name)) }
    }

    /// Says that everything is there.
    func finish() throws { try Data().write(to: mark) }
}
