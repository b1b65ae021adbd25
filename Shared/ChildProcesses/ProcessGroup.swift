import Glibc
import NIOConcurrencyHelpers

/// A process group whose members do not outlive this process, even if it is killed.
///
/// A small shell leads the group and reads from a pipe that only this process can write to. When the pipe closes without a
/// word, this process is gone, and the shell ends the group: SIGTERM, and after ten seconds SIGKILL. Linux could tell a
/// child of its parent's death, but only of the parent *thread's*, and nothing else can.
public final class ProcessGroup: Sendable {
    /// The group's number.
    public let id: Int32
    private let pipe: NIOLockedValueBox<Int32?>

    private static let script = """
        trap '' TERM INT HUP
        if read -r word; then exit 0; fi
        kill -TERM 0
        sleep 10
        kill -KILL 0
        """

    /// Starts the group with its guard.
    public init() throws(ChildProcessError) {
        var ends: [Int32] = [0, 0]
        guard openPipe(&ends) else { throw ChildProcessError("/bin/sh", errno) }
        defer { close(ends[0]) }
        do throws(ChildProcessError) {
            id = try spawn("/bin/sh", ["-c", Self.script], [:], .inputFrom(ends[0]), group: .lead)
        } catch {
            close(ends[1])
            throw error
        }
        pipe = NIOLockedValueBox(ends[1])
    }

    /// Lets the guard go, when all members have ended.
    public func dismiss() {
        pipe.withLockedValue { pipe in
            guard let descriptor = pipe else { return }
            _ = write(descriptor, "\n", 1)
            close(descriptor)
            pipe = nil
        }
        var status: Int32 = 0
        waitpid(id, &status, 0)
    }
}
