import Foundation

/// The searched range of a parameter as the numbers from 0 to 1, or as a number of words.
enum ParameterScale {
    case line(ParameterSpec.Kind)
    case words([ParameterValue])

    init(_ kind: ParameterSpec.Kind) {
        switch kind {
        case .choice(let choices): self = .words(choices.map(ParameterValue.choice))
        case .boolean: self = .words([.boolean(false), .boolean(true)])
        default: self = .line(kind)
        }
    }

    /// The value at a place; whole numbers have equal shares of the line (of the logarithmic line).
    static func value(at place: Double, of kind: ParameterSpec.Kind) -> ParameterValue {
        switch kind {
        case .integer(let range):
            let count = Double(range.upperBound - range.lowerBound + 1)
            return .integer(min(range.upperBound, range.lowerBound + Int(place * count)))
        case .logInteger(let range):
            let (low, high) = logBounds(range)
            return .integer(
                min(range.upperBound, max(range.lowerBound, Int(exp(low + place * (high - low)).rounded())))
            )
        case .real(let range): return .real(range.lowerBound + place * (range.upperBound - range.lowerBound))
        case .logReal(let range):
            return .real(exp(log(range.lowerBound) + place * (log(range.upperBound) - log(range.lowerBound))))
        case .choice, .boolean: return .boolean(false)
        }
    }

    /// Where a value lies; what is outside the range lies at its end.
    static func place(of value: ParameterValue, in kind: ParameterSpec.Kind) -> Double {
        let place: Double
        switch (kind, value) {
        case (.integer(let range), .integer(let value)):
            place = (Double(value - range.lowerBound) + 0.5) / Double(range.upperBound - range.lowerBound + 1)
        case (.logInteger(let range), .integer(let value)):
            let (low, high) = logBounds(range)
            place = (log(Double(max(1, value))) - low) / (high - low)
        case (.real(let range), .real(let value)):
            place = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case (.logReal(let range), .real(let value)):
            place =
                (log(max(value, .leastNormalMagnitude)) - log(range.lowerBound))
                / (log(range.upperBound) - log(range.lowerBound))
        default: place = 0.5
        }
        return min(1, max(0, place))
    }

    private static func logBounds(_ range: ClosedRange<Int>) -> (Double, Double) {
        (log(Double(range.lowerBound) - 0.5), log(Double(range.upperBound) + 0.5))
    }
}
