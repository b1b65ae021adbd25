import Foundation

/// Evaluates as much of JSON Schema 2020-12 as `event.schema.json` uses; anything else in a schema is an error.
struct SchemaCheck {
    struct Unsupported: Error {
        var keyword: String
    }

    private static let annotations: Set<String> = ["$schema", "$id", "title", "description", "format", "$defs"]
    private static let keywords: Set<String> = [
        "$ref", "type", "enum", "properties", "required", "items", "minItems", "maxItems", "minLength", "maxLength",
        "pattern", "minimum", "maximum", "exclusiveMinimum", "anyOf", "allOf", "if", "then",
    ]

    private let root: [String: Any]

    init(root: [String: Any]) throws {
        self.root = root
        try Self.checkKeywords(root)
    }

    func allows(_ value: Any) -> Bool { allows(value, root) }

    private static func checkKeywords(_ schema: [String: Any]) throws {
        for (keyword, value) in schema {
            guard keywords.contains(keyword) || annotations.contains(keyword) else {
                throw Unsupported(keyword: keyword)
            }
            switch keyword {
            case "properties", "$defs":
                for inner in (value as? [String: [String: Any]] ?? [:]).values { try checkKeywords(inner) }
            case "items", "if", "then": try checkKeywords(value as? [String: Any] ?? [:])
            case "anyOf", "allOf": for inner in value as? [[String: Any]] ?? [] { try checkKeywords(inner) }
            default: continue
            }
        }
    }

    private func allows(_ value: Any, _ schema: [String: Any]) -> Bool {
        schema.allSatisfy { allows(value, keyword: $0.key, $0.value, schema) }
    }

    private func allows(_ value: Any, keyword: String, _ argument: Any, _ schema: [String: Any]) -> Bool {
        switch keyword {
        case "$ref": return allows(value, definition(argument))
        case "type":
            return ((argument as? [String]) ?? [argument as? String ?? ""]).contains { Self.has(value, type: $0) }
        case "enum": return (argument as? [String] ?? []).contains { $0 == value as? String }
        case "anyOf": return (argument as? [[String: Any]] ?? []).contains { allows(value, $0) }
        case "allOf": return (argument as? [[String: Any]] ?? []).allSatisfy { allows(value, $0) }
        case "if":
            let then = schema["then"] as? [String: Any] ?? [:]
            return !allows(value, argument as? [String: Any] ?? [:]) || allows(value, then)
        case "required":
            guard let object = value as? [String: Any] else { return true }
            return (argument as? [String] ?? []).allSatisfy { object[$0] != nil }
        case "properties":
            guard let object = value as? [String: Any] else { return true }
            return (argument as? [String: [String: Any]] ?? [:]).allSatisfy { name, inner in
                object[name].map { allows($0, inner) } ?? true
            }
        case "items", "minItems", "maxItems":
            guard let array = value as? [Any] else { return true }
            if keyword == "minItems" { return array.count >= argument as? Int ?? 0 }
            if keyword == "maxItems" { return array.count <= argument as? Int ?? 0 }
            return array.allSatisfy { allows($0, argument as? [String: Any] ?? [:]) }
        case "minLength", "maxLength", "pattern":
            guard let text = value as? String else { return true }
            if keyword == "minLength" { return text.unicodeScalars.count >= argument as? Int ?? 0 }
            if keyword == "maxLength" { return text.unicodeScalars.count <= argument as? Int ?? 0 }
            guard let pattern = try? NSRegularExpression(pattern: argument as? String ?? "") else { return false }
            return pattern.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
        case "minimum", "maximum", "exclusiveMinimum":
            guard let number = Self.number(value), let bound = Self.number(argument) else { return true }
            return keyword == "minimum" ? number >= bound : keyword == "maximum" ? number <= bound : number > bound
        default: return true
        }
    }

    private func definition(_ reference: Any) -> [String: Any] {
        let name = (reference as? String)?.split(separator: "/").last.map(String.init) ?? ""
        return (root["$defs"] as? [String: [String: Any]])?[name] ?? [:]
    }

    private static func number(_ value: Any) -> Double? {
        guard let number = value as? NSNumber, !isBool(number) else { return nil }
        return number.doubleValue
    }

    /// Foundation's parser makes booleans of a class of their own; numbers convert to Bool as well when they are 0 or 1.
    private static func isBool(_ number: NSNumber) -> Bool { "\(type(of: number))".contains("Boolean") }

    private static func has(_ value: Any, type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": (value as? NSNumber).map(isBool) ?? false
        case "number": number(value) != nil
        case "integer": number(value).map { $0 == $0.rounded() } ?? false
        default: false
        }
    }
}
