import Foundation

/// What `--write-env` writes: addresses, and the process ids of the children, as one JSON object.
struct AddressFile: Encodable {
    /// For the environment of clients and scripts.
    var environment: [String: String]
    /// The collector's and the server's base URLs, and each service's admin URL.
    var urls: [String: String]
    /// Process ids by name; `freshet` is the tool itself.
    var pids: [String: Int32]

    /// Writes the file in one step, so that a reader never sees half of it.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(filePath: path), options: .atomic)
    }
}
