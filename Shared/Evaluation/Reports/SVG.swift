import Foundation

/// Pieces of the plots: text as it may stand in HTML, and a scale with round steps.
enum SVG {
    /// The text with the characters that mean something in HTML replaced.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A coordinate with one place.
    static func at(_ value: Double) -> String { String(format: "%.1f", value) }

    static func text(
        _ content: String,
        x: Double,
        y: Double,
        anchor: String = "start",
        style: String = "label"
    ) -> String {
        "<text x=\"\(at(x))\" y=\"\(at(y))\" text-anchor=\"\(anchor)\" class=\"\(style)\">\(escaped(content))</text>\n"
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String {
        "<line x1=\"\(at(x1))\" y1=\"\(at(y1))\" x2=\"\(at(x2))\" y2=\"\(at(y2))\" class=\"\(style)\"/>\n"
    }
}

/// A range of values on a range of places, with marks at round values.
struct PlotScale {
    let values: ClosedRange<Double>
    let places: (from: Double, to: Double)

    init(_ values: ClosedRange<Double>, from: Double, to: Double) {
        let width = values.upperBound - values.lowerBound
        self.values = width > 0 ? values : values.lowerBound - 0.5...values.lowerBound + 0.5
        places = (from, to)
    }

    func place(_ value: Double) -> Double {
        let share = (value - values.lowerBound) / (values.upperBound - values.lowerBound)
        return places.from + share * (places.to - places.from)
    }

    /// About five round values within the range.
    var marks: [Double] {
        let raw = (values.upperBound - values.lowerBound) / 5
        let power = pow(10, floor(log10(raw)))
        let step = ([1, 2, 5, 10].first { $0 * power >= raw } ?? 10) * power
        let first = (values.lowerBound / step).rounded(.up)
        return stride(from: first, through: values.upperBound / step, by: 1).map { $0 * step }
    }

    /// A mark in as few digits as its step needs.
    func label(_ mark: Double) -> String { String(format: "%.4g", mark == 0 ? 0 : mark) }
}
