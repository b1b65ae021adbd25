/// Durations as people write them in settings: `250ms`, `5s`, `10m`, `1h`, `7d`.
enum DurationText {
    private static let units: [(suffix: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    static func parse(_ text: String) -> Duration? {
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = Double(text.dropLast(unit.suffix.count)), number >= 0, number.isFinite else { continue }
            let milliseconds = (number * unit.milliseconds).rounded()
            return milliseconds < 1e15 ? .milliseconds(Int64(milliseconds)) : nil
        }
        return text == "0" ? .zero : nil
    }

    static func format(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        for unit in units.reversed() {
            let size = Int64(unit.milliseconds)
            if milliseconds % size == 0 { return "\(milliseconds / size)\(unit.suffix)" }
        }
        return "\(milliseconds)ms"
    }
}
