import Foundation
import NIOConcurrencyHelpers

/// The output of all programs as one stream of whole lines, each with its program's name; in colour on a terminal.
final class MergedLog: Sendable {
    private let isTerminal = isatty(1) == 1
    private let lock = NIOLock()
    private static let colours = ["36", "32", "33", "35", "34", "31", "90"]
    private static let names = SuiteService.allCases.map(\.rawValue) + ["freshet", "redis"]

    /// Writes one line of a program.
    func write(_ line: String, from name: String) {
        let padded = name.padding(toLength: 16, withPad: " ", startingAt: 0)
        guard isTerminal, let place = Self.names.firstIndex(of: name) else { return put("\(padded) │ \(line)\n") }
        put("\u{1b}[\(Self.colours[place % Self.colours.count])m\(padded) │\u{1b}[0m \(line)\n")
    }

    /// Writes something that must not be overlooked.
    func warn(_ line: String) {
        let text = "freshet          │ *** \(line)"
        put(isTerminal ? "\u{1b}[1;31m\(text)\u{1b}[0m\n" : "\(text)\n")
    }

    /// Writes lines of the tool itself.
    func announce(_ lines: [String]) {
        let text = lines.joined(separator: "\n")
        put(isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m\n" : "\(text)\n")
    }

    private func put(_ text: String) {
        // A reader that has gone must not take the services along.
        lock.withLock { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
    }
}
