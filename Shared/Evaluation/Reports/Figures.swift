import Foundation

/// How numbers are written.
enum Figures {
    /// At most five digits that count, without trailing zeros.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        return String(format: "%.5g", value)
    }

    /// Four places, as published tables have it.
    static func metric(_ value: Double) -> String { String(format: "%.4f", value) }

    /// A difference, with its sign.
    static func signed(_ value: Double) -> String { (value < 0 ? "−" : "+") + metric(value.magnitude) }

    /// As many places as suit the size.
    static func measure(_ value: Double) -> String {
        value.magnitude < 10 ? metric(value) : String(format: "%.1f", value)
    }

    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// `0.4 s`, `2 min 5 s`.
    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return String(format: "%.2f s", seconds) }
        if seconds < 60 { return String(format: "%.0f s", seconds) }
        return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }

    static func padded(_ text: String, _ width: Int, isRight: Bool = true) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? blanks + text : text + blanks
    }
}
