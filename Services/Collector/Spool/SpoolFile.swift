import Glibc

/// An open file of the spool; every call blocks.
///
/// Owned by the spool's thread (or whoever opens the spool); closes itself.
final class SpoolFile: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String, flags: Int32) throws(SpoolError) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open \(path)") }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(SpoolError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    buffer.baseAddress.map { $0 + written },
                    buffer.count - written,
                    off_t(offset + written)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write \(path)") }
            written += count
        }
    }

    /// At most `count` bytes from `offset` on; fewer at the end of the file.
    func read(_ count: Int, at offset: Int) throws(SpoolError) -> [UInt8] {
        var failure: SpoolError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let done = pread(
                    descriptor,
                    buffer.baseAddress.map { $0 + filled },
                    count - filled,
                    off_t(offset + filled)
                )
                if done < 0, errno == EINTR { continue }
                if done < 0 { failure = .last("read \(path)") }
                guard done > 0 else { return }
                filled += done
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func length() throws(SpoolError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last("stat \(path)") }
        return Int(status.st_size)
    }

    func truncate(to length: Int) throws(SpoolError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else { throw .last("truncate \(path)") }
    }

    /// Returns when everything written is on the disk.
    func sync() throws(SpoolError) {
        guard fdatasync(descriptor) == 0 else { throw .last("fdatasync \(path)") }
    }

    /// Takes the file for this process until it ends, however it ends; `false` when another one has it.
    func lock() -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    func unlock() {
        flock(descriptor, LOCK_UN)
    }
}
