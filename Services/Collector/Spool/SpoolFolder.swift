import Glibc

/// The spool's folder: its lock and its segments, `<number>.spool`; every call blocks.
///
/// What is kept aside for people to look at ends in `.kept`.
struct SpoolFolder: Sendable {
    let path: String
    private let lock: SpoolFile

    /// Creates the folder where it is missing, and takes it for this process.
    init(path: String) throws(SpoolError) {
        self.path = path
        try Self.make(path)
        lock = try SpoolFile(path: path + "/lock", flags: O_RDWR | O_CREAT)
        guard lock.lock() else { throw .inUse(path) }
    }

    private static func make(_ path: String) throws(SpoolError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            if mkdir(String(path[..<end]), 0o700) != 0, errno != EEXIST { throw .last("mkdir \(path)") }
        }
    }

    /// Lets another process have the folder.
    func unlock() {
        lock.unlock()
    }

    /// The numbers of the segments that lie there, ascending.
    func segments() throws(SpoolError) -> [UInt64] {
        guard let stream = opendir(path) else { throw .last("opendir \(path)") }
        defer { closedir(stream) }
        var numbers: [UInt64] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".spool"), let number = UInt64(name.dropLast(6), radix: 16) else { continue }
            numbers.append(number)
        }
        return numbers.sorted()
    }

    func open(_ number: UInt64) throws(SpoolError) -> SpoolFile {
        try SpoolFile(path: path(of: number), flags: O_RDWR)
    }

    /// A new segment whose name survives a loss of power.
    func create(_ number: UInt64) throws(SpoolError) -> SpoolFile {
        let file = try SpoolFile(path: path(of: number), flags: O_RDWR | O_CREAT | O_EXCL)
        do {
            try sync()
        } catch {
            remove(number)
            throw error
        }
        return file
    }

    func remove(_ number: UInt64) {
        unlink(path(of: number))
    }

    /// Gives a segment a second name that outlives its release.
    func keep(_ number: UInt64) {
        link(path(of: number), path(of: number) + ".kept")
    }

    /// Keeps a copy of a segment that is about to be cut.
    func keep(_ number: UInt64, copying bytes: [UInt8]) throws(SpoolError) {
        let copy = try SpoolFile(path: path(of: number) + ".kept", flags: O_RDWR | O_CREAT | O_TRUNC)
        try copy.write(bytes, at: 0)
        try copy.sync()
    }

    private func sync() throws(SpoolError) {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .last("open \(path)") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .last("fsync \(path)") }
    }

    private func path(of number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "\(path)/\(String(repeating: "0", count: 16 - digits.count))\(digits).spool"
    }
}
