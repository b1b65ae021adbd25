/// A hyper-parameter of a model: what it is called, what it may be and what it means.
public struct ParameterSpec: Hashable, Sendable {
    /// What values there are, and which of them a search tries.
    public enum Kind: Hashable, Sendable {
        /// Whole numbers.
        case integer(ClosedRange<Int>)
        /// Whole numbers, searched on a logarithmic scale.
        case logInteger(ClosedRange<Int>)
        /// Numbers.
        case real(ClosedRange<Double>)
        /// Numbers above zero, searched on a logarithmic scale.
        case logReal(ClosedRange<Double>)
        /// One of several words.
        case choice([String])
        /// Yes or no.
        case boolean
    }

    /// The name, as `--set` knows it.
    public let name: String
    /// The values; a search stays within the range, `--set` may leave it as far as the model allows.
    public let kind: Kind
    /// What it is when nobody says otherwise.
    public let standard: ParameterValue
    /// One line for `--list-models`.
    public let meaning: String

    /// Creates a specification.
    public init(_ name: String, _ kind: Kind, _ standard: ParameterValue, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.meaning = meaning
    }

    /// Reads a value; throws with what would be right.
    public func value(_ text: String) throws(ModelError) -> ParameterValue {
        switch kind {
        case .integer, .logInteger: if let value = Int(text) { return .integer(value) }
        case .real, .logReal: if let value = Double(text), value.isFinite { return .real(value) }
        case .choice(let choices): if choices.contains(text) { return .choice(text) }
        case .boolean:
            if ["true", "yes", "1", "on"].contains(text) { return .boolean(true) }
            if ["false", "no", "0", "off"].contains(text) { return .boolean(false) }
        }
        throw ModelError("\(name)=\(text) is not possible: \(name) is \(range)")
    }

    /// The kind and range in words.
    public var range: String {
        switch kind {
        case .integer(let range): "a whole number, searched from \(range.lowerBound) to \(range.upperBound)"
        case .logInteger(let range):
            "a whole number, searched from \(range.lowerBound) to \(range.upperBound) (log scale)"
        case .real(let range): "a number, searched from \(range.lowerBound) to \(range.upperBound)"
        case .logReal(let range): "a number, searched from \(range.lowerBound) to \(range.upperBound) (log scale)"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .boolean: "true or false"
        }
    }
}

/// The value of a hyper-parameter.
public enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
    /// A whole number.
    case integer(Int)
    /// A number.
    case real(Double)
    /// A word.
    case choice(String)
    /// Yes or no.
    case boolean(Bool)

    /// As `--set` takes it; numbers have at most six digits that count.
    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .real(let value): Figures.short(value)
        case .choice(let value): value
        case .boolean(let value): String(value)
        }
    }
}

/// Values by the names of their parameters; what is absent has its standard value.
public struct ParameterValues: Hashable, Sendable {
    /// The values.
    public private(set) var values: [String: ParameterValue]
    private let specs: [ParameterSpec]

    /// The standard values.
    public init(_ specs: [ParameterSpec]) {
        self.specs = specs
        values = Dictionary(specs.map { ($0.name, $0.standard) }) { first, _ in first }
    }

    /// Changes a value.
    public mutating func set(_ name: String, to value: ParameterValue) { values[name] = value }

    /// Reads `name=value`; throws with the list of what there is.
    public mutating func set(_ assignment: String) throws(ModelError) {
        let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ModelError("\"\(assignment)\" is not of the form parameter=value") }
        guard let spec = specs.first(where: { $0.name.lowercased() == parts[0].lowercased() }) else {
            let known = specs.isEmpty ? "it has none" : "it has \(specs.map(\.name).joined(separator: ", "))"
            throw ModelError("the model has no parameter \"\(parts[0])\"; \(known)")
        }
        values[spec.name] = try spec.value(parts[1])
    }

    /// In the order in which the model names them.
    public var ordered: [(name: String, value: ParameterValue)] {
        specs.compactMap { spec in values[spec.name].map { (spec.name, $0) } }
    }

    func integer(_ name: String) -> Int { if case .integer(let value)? = values[name] { value } else { 0 } }
    func real(_ name: String) -> Float { Float(double(name)) }
    func double(_ name: String) -> Double { if case .real(let value)? = values[name] { value } else { 0 } }
    func choice(_ name: String) -> String { if case .choice(let value)? = values[name] { value } else { "" } }
    func boolean(_ name: String) -> Bool { if case .boolean(let value)? = values[name] { value } else { false } }
}

/// Why a model cannot be had as asked, and what to do about it.
public struct ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String

    /// Creates an error.
    public init(_ description: String) {
        self.description = description
    }
}
