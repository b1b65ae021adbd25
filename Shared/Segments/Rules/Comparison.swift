/// A comparison with a number, written as `> 10`, `>= 3`, `< 5`, `<= 1`, `= 0` or `!= 0`.
public struct Comparison: Hashable, Sendable {
    /// How two numbers are compared.
    public enum Relation: String, CaseIterable, Sendable {
        /// Above.
        case above = ">"
        /// At least.
        case atLeast = ">="
        /// Below.
        case below = "<"
        /// At most.
        case atMost = "<="
        /// Equal.
        case equal = "="
        /// Not equal.
        case notEqual = "!="
    }

    /// How it is compared.
    public let relation: Relation
    /// With what.
    public let value: Double

    /// Creates a comparison.
    public init(_ relation: Relation, _ value: Double) {
        self.relation = relation
        self.value = value
    }

    /// Whether it holds for a number.
    public func holds(for number: Double) -> Bool {
        switch relation {
        case .above: number > value
        case .atLeast: number >= value
        case .below: number < value
        case .atMost: number <= value
        case .equal: number == value
        case .notEqual: number != value
        }
    }

    /// Reads the text form; `nil` for anything else.
    public init?(_ text: String) {
        let sign = text.prefix { "<>=!".contains($0) }
        guard let relation = Relation(rawValue: String(sign)) else { return nil }
        let number = text.dropFirst(sign.count).drop { $0 == " " }
        guard let value = Double(number), value.isFinite else { return nil }
        self.init(relation, value)
    }
}

extension Comparison: CustomStringConvertible {
    /// The text form.
    public var description: String {
        relation.rawValue + " " + (value.rounded() == value && abs(value) < 1e15 ? "\(Int(value))" : "\(value)")
    }
}
