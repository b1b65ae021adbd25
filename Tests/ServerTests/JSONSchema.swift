import Foundation

/// Checks values against the part of JSON Schema 2020-12 that our OpenAPI document uses.
struct JSONSchema {
    let document: [String: Any]

    /// What does not fit, as paths with reasons; empty when all does.
    func problems(of value: Any, schema: [String: Any], at path: String = "$") -> [String] {
        if let reference = schema["$ref"] as? String {
            guard let target = resolve(reference) else { return ["\(path): \(reference) leads nowhere"] }
            return problems(of: value, schema: target, at: path)
        }
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fitting = choices.filter { problems(of: value, schema: $0, at: path).isEmpty }
            return fitting.count == 1 ? [] : ["\(path): fits \(fitting.count) of oneOf"]
        }
        var found: [String] = []
        let types = schema["type"].map { ($0 as? [String]) ?? [($0 as? String) ?? ""] } ?? []
        if !types.isEmpty, !types.contains(where: { Self.isOf(type: $0, value) }) {
            return ["\(path): \(value) is not \(types)"]
        }
        if let allowed = schema["enum"] as? [Any],
            !allowed.contains(where: { ($0 as? NSObject) == (value as? NSObject) })
        {
            found.append("\(path): \(value) is not among \(allowed)")
        }
        if let number = value as? Double, Self.isOf(type: "number", value) {
            if let minimum = schema["minimum"] as? Double, number < minimum {
                found.append("\(path): below \(minimum)")
            }
            if let maximum = schema["maximum"] as? Double, number > maximum {
                found.append("\(path): above \(maximum)")
            }
        }
        if let elements = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, element) in elements.enumerated() {
                found += problems(of: element, schema: items, at: "\(path)[\(index)]")
            }
        }
        if let object = value as? [String: Any] { found += problems(of: object, in: schema, at: path) }
        return found
    }

    private func problems(of object: [String: Any], in schema: [String: Any], at path: String) -> [String] {
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(path): no \($0)" }
        for (name, value) in object {
            if let known = properties[name] {
                found += problems(of: value, schema: known, at: "\(path).\(name)")
            } else if let other = schema["additionalProperties"] as? [String: Any] {
                found += problems(of: value, schema: other, at: "\(path).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(path): \(name) is not documented")
            }
        }
        return found
    }

    func resolve(_ reference: String) -> [String: Any]? {
        reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { node, name in
            (node as? [String: Any])?[String(name)]
        } as? [String: Any]
    }

    private static func isOf(type: String, _ value: Any) -> Bool {
        switch type {
        case "null": return value is NSNull
        case "string": return value is String
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "boolean": return isBoolean(value)
        case "number": return value is NSNumber && !isBoolean(value)
        case "integer":
            guard let number = value as? NSNumber, !isBoolean(value) else { return false }
            return number.doubleValue == number.doubleValue.rounded()
        default: return false
        }
    }

    private static func isBoolean(_ value: Any) -> Bool {
        guard let number = value as? NSNumber else { return false }
        return type(of: value) == Bool.self || number === (true as NSNumber) || number === (false as NSNumber)
    }
}
