/// What is wrong with a plan, and where.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path of the field, such as `sources[2].weight`.
    public var field: String
    /// A sentence for who wrote the file.
    public var problem: String

    /// Creates an error.
    public init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }

    /// The path and the problem.
    public var description: String { "\(field): \(problem)" }

    /// The error within the field that holds the plan.
    public func within(_ outer: String) -> PlanError { PlanError("\(outer).\(field)", problem) }
}

/// A name in a file, whatever it is.
struct PlanKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral value: String) { stringValue = value }
    init?(intValue: Int) { return nil }
}

/// The fields of a section of a plan: absent ones have defaults, unknown ones are an error.
struct PlanFields {
    private let container: KeyedDecodingContainer<PlanKey>

    init(_ decoder: any Decoder, known: [String]) throws {
        container = try decoder.container(keyedBy: PlanKey.self)
        let unknown = container.allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted()
        guard let first = unknown.first else { return }
        let path = Self.path(decoder.codingPath, first)
        throw PlanError(path, "is not known; known are \(known.joined(separator: ", "))")
    }

    func read<Value: Decodable>(_ name: String, _ value: inout Value) throws {
        let key = PlanKey(stringValue: name)
        do {
            if let read = try container.decodeIfPresent(Value.self, forKey: key) { value = read }
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(Self.path(container.codingPath, name), "is not \(Self.word(for: Value.self))")
        }
    }

    private static func path(_ path: [any CodingKey], _ last: String) -> String {
        let outer = path.reduce("") { text, key in
            if let index = key.intValue { return text + "[\(index)]" }
            return text.isEmpty ? key.stringValue : text + "." + key.stringValue
        }
        return outer.isEmpty ? last : outer + "." + last
    }

    private static func word(for type: Any.Type) -> String {
        switch type {
        case is Int.Type, is Int?.Type: "a whole number"
        case is Double.Type, is Double?.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        default: "what is expected here"
        }
    }
}

/// Checks that name the field.
struct PlanCheck {
    static func number(_ value: Double, in range: ClosedRange<Double>, _ field: String) throws(PlanError) {
        guard range.contains(value) else {
            throw PlanError(field, "must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
    }

    static func count(_ value: Int, in range: ClosedRange<Int>, _ field: String) throws(PlanError) {
        guard range.contains(value) else {
            throw PlanError(field, "must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
    }
}
