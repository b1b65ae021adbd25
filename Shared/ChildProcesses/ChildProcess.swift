import Glibc
import NIOConcurrencyHelpers
import Threading

/// A program that this process started: its number, its output line by line, and how it ended.
///
/// Foundation's `Process` hands the caller's blocked signals to the child on Linux, which then ignores SIGTERM; this starts
/// with no signal blocked and every signal at its default. Nothing but the three standard streams is inherited.
public final class ChildProcess: Sendable {
    /// How a program ended.
    public enum Ending: Sendable, Hashable, CustomStringConvertible {
        /// By itself, with this code.
        case exited(Int32)
        /// By a signal.
        case signalled(Int32)

        /// As in `exited with 1`.
        public var description: String {
            switch self {
            case .exited(let code): "exited with \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            }
        }
    }

    private struct State {
        var ending: Ending?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The process id.
    public let id: Int32
    private let state = NIOLockedValueBox(State())

    /// Starts a program.
    ///
    /// Standard input is empty. Output and errors come as lines to `onLine`, on a thread of the child's own. With a `group`
    /// the child joins that process group, so that the terminal's Ctrl-C does not reach it.
    public init(
        _ executable: String,
        arguments: [String] = [],
        environment: [String: String],
        group: ProcessGroup? = nil,
        onLine: @escaping @Sendable (String) -> Void
    ) throws(ChildProcessError) {
        var ends: [Int32] = [0, 0]
        guard openPipe(&ends) else { throw ChildProcessError(executable, errno) }
        let (output, input) = (ends[0], ends[1])
        defer { close(input) }
        do throws(ChildProcessError) {
            id = try spawn(executable, arguments, environment, .outputTo(input), group: .join(group?.id))
        } catch {
            close(output)
            throw error
        }
        DedicatedThread.start { readLines(output, onLine) }
        DedicatedThread.start { self.settle() }
    }

    /// Sends a signal, unless the child has ended.
    public func send(_ signal: Int32) {
        state.withLockedValue { state in
            // Under the lock: an ended child is reaped only under it too, so its number is not somebody else's yet.
            if state.ending == nil { kill(id, signal) }
        }
    }

    /// How it ended, or `nil` while it runs.
    public var ending: Ending? { state.withLockedValue { $0.ending } }

    /// Waits until it has ended.
    public func waitUntilEnded() async -> Ending {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLockedValue { state in
                if state.ending == nil { state.waiters.append(continuation) }
                return state.ending == nil
            }
            if !isWaiting { continuation.resume() }
        }
        return ending ?? .exited(0)
    }

    private func settle() {
        // First only look, so that the number stays ours until the lock is held.
        var information = siginfo_t()
        while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let waiters = state.withLockedValue { state in
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            state.ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// A program that could not be started.
public struct ChildProcessError: Error, Sendable, CustomStringConvertible {
    /// The program.
    public var executable: String
    /// Why.
    public var reason: String

    init(_ executable: String, _ code: Int32) {
        self.executable = executable
        reason = String(cString: strerror(code))
    }

    /// Both in a line.
    public var description: String { "cannot start \(executable): \(reason)" }
}

private func readLines(_ descriptor: Int32, _ onLine: (String) -> Void) {
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        rest += buffer[..<count]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            onLine(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
    }
    if !rest.isEmpty { onLine(String(decoding: rest, as: UTF8.self)) }
    close(descriptor)
}
