import Foundation

/// The progress line: a bar on a terminal, a line every few seconds elsewhere.
struct ReplayProgress {
    private let total: Int
    private let isTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private let first: Int
    private var lastShown = ContinuousClock.now - .seconds(60)

    init(total: Int, from first: Int) {
        self.total = total
        self.first = first
    }

    mutating func show(_ done: Int, isLast: Bool = false) {
        let now = ContinuousClock.now
        guard isLast || now - lastShown > (isTerminal ? .milliseconds(100) : .seconds(5)) else { return }
        lastShown = now
        let elapsed = max(0.001, Self.seconds(now - start))
        let rate = Double(done - first) / elapsed
        let left = rate > 0 ? Self.clock(Int(Double(total - done) / rate)) : "--:--"
        let percent = total == 0 ? 100 : done * 100 / total
        let counts = "\(Self.grouped(done))/\(Self.grouped(total))"
        let figures =
            "\(percent)%  \(counts)  \(Self.grouped(Int(rate)))/s  \(isLast ? "in" : "left") "
            + (isLast ? Self.clock(Int(elapsed)) : left)
        guard isTerminal else { return write("\(figures)\n") }
        let filled = percent * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        write("\r\(bar) \(figures) \u{1b}[K\(isLast ? "\n" : "")")
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func clock(_ seconds: Int) -> String {
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
