import ChildProcesses
import NIOConcurrencyHelpers
import Testing

@Suite("Child processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    private let sigterm: Int32 = 15
    private let environment = ["PATH": "/usr/bin:/bin", "GREETING": "hello"]

    @Test func `output comes line by line and the code at the end`() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let child = try ChildProcess(
            "/bin/sh",
            arguments: ["-c", "echo $GREETING; echo more >&2; printf rest; exit 3"],
            environment: environment
        ) { line in lines.withLockedValue { $0.append(line) } }
        #expect(await child.waitUntilEnded() == .exited(3))
        while lines.withLockedValue({ $0.count }) < 3 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(lines.withLockedValue { $0 } == ["hello", "more", "rest"])
    }

    @Test func `SIGTERM reaches a child that a task has started`() async throws {
        let child = try ChildProcess("/bin/sleep", arguments: ["60"], environment: environment) { _ in }
        child.send(sigterm)
        #expect(await child.waitUntilEnded() == .signalled(sigterm))
        child.send(sigterm)
    }

    @Test func `a program that is not there is an error`() {
        #expect(throws: ChildProcessError.self) {
            _ = try ChildProcess("/nowhere/program", environment: environment) { _ in }
        }
    }

    @Test func `a group's members are told apart from the terminal's and the guard goes when dismissed`() async throws {
        let group = try ProcessGroup()
        let lines = NIOLockedValueBox<[String]>([])
        let child = try ChildProcess(
            "/bin/sh",
            arguments: ["-c", "cut -d ' ' -f 5 /proc/$$/stat"],
            environment: environment,
            group: group
        ) { line in lines.withLockedValue { $0.append(line) } }
        #expect(await child.waitUntilEnded() == .exited(0))
        while lines.withLockedValue({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(lines.withLockedValue { $0 } == ["\(group.id)"])
        group.dismiss()
    }
}
