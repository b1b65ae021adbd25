/// Why the spool cannot do what was asked.
enum SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes that it may take are taken.
    case full
    /// The system refused: what was tried, and errno.
    case system(String, Int32)
    /// Another collector works in the folder.
    case inUse(String)
    /// The spool has been closed.
    case closed

    var description: String {
        switch self {
        case .full: "the spool is full"
        case .system(let call, let number): "\(call): \(Self.text(of: number))"
        case .inUse(let folder): "another collector uses \(folder): every instance needs a folder of its own"
        case .closed: "the spool is closed"
        }
    }
}
