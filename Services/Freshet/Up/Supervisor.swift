import ChildProcesses
import Glibc
import NIOConcurrencyHelpers
import ServiceSupport
import Threading

/// Keeps one program running until it is told to stop, and says how it ended.
final class Supervisor: Sendable {
    private struct State {
        var child: ChildProcess?
        var isStopping = false
        var restarts = 0
    }

    let program: Program
    private let group: ProcessGroup
    private let log: MergedLog
    private let restarts: Bool
    private let state = NIOLockedValueBox(State())

    init(_ program: Program, group: ProcessGroup, log: MergedLog, restarts: Bool) {
        self.program = program
        self.group = group
        self.log = log
        self.restarts = restarts
    }

    /// The process id, while it runs.
    var processID: Int32? {
        state.withLockedValue { state in state.child.flatMap { $0.ending == nil ? $0.id : nil } }
    }

    /// Runs the program; returns when it has stopped as told, or has ended and is not restarted.
    func run(onStart: @Sendable () -> Void) async throws(ChildProcessError) -> ChildProcess.Ending {
        var backoff = Backoff(initial: .milliseconds(500), maximum: .seconds(10))
        while true {
            let child = try start()
            guard let child else { return .exited(0) }
            onStart()
            let ending = await child.waitUntilEnded()
            guard !state.withLockedValue({ $0.isStopping }) else { return ending }
            guard restarts else { return ending }
            let pause = backoff.next()
            log.warn("\(program.name) \(ending) and is started again")
            try? await Task.sleep(for: pause)
        }
    }

    private func start() throws(ChildProcessError) -> ChildProcess? {
        let (name, log) = (program.name, log)
        guard !state.withLockedValue({ $0.isStopping }) else { return nil }
        let child = try ChildProcess(
            program.executable,
            arguments: program.arguments,
            environment: program.environment,
            group: group
        ) { line in log.write(line, from: name) }
        let isLate = state.withLockedValue { state in
            state.child = child
            return state.isStopping
        }
        if isLate { child.send(SIGTERM) }
        return child
    }

    /// Asks the program to stop and waits; after `patience` it is killed.
    func stop(patience: Duration) async {
        let child = state.withLockedValue { state in
            state.isStopping = true
            return state.child
        }
        guard let child, child.ending == nil else { return }
        child.send(SIGTERM)
        let (name, log) = (program.name, log)
        await withTaskGroup { group in
            group.addTask {
                try? await Task.sleep(for: patience)
                if child.ending == nil, !Task.isCancelled {
                    log.warn("\(name) does not stop and is killed")
                    child.send(SIGKILL)
                }
            }
            _ = await child.waitUntilEnded()
            group.cancelAll()
        }
    }
}
