import Glibc

extension SpoolError {
    /// The error of the system call that has just failed.
    static func last(_ call: String) -> SpoolError { .system(call, errno) }

    static func text(of number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
