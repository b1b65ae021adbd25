import Evaluation
import Foundation
import Synchronization

/// One line on standard error that shows how far an evaluation is; silent where that is no terminal.
final class EvaluationProgressBar: Sendable {
    private let isTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private let lastShown = Mutex(ContinuousClock.now - .seconds(1))

    func show(_ progress: EvaluationProgress) {
        guard isTerminal else { return }
        let isDue = lastShown.withLock { last in
            let now = ContinuousClock.now
            guard now - last > .milliseconds(50) else { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let filled = Int(progress.share * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        write("\r\(bar) \(Int(progress.share * 100))%  \(progress.model): \(progress.step)\u{1b}[K")
    }

    /// Removes the line.
    func clear() {
        if isTerminal { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
