import Foundation
import Yams

/// A file of settings that is too structured for dotted keys: YAML, of which JSON is a part.
///
/// What is wrong with it is told with the line and the key. Read once, at start.
public struct SettingsDocument: Sendable {
    private let text: String
    private let name: String
    private let setting: String

    /// Reads the file at `path`; `setting` is the key that named it, for error messages.
    public init(path: String, setting: String) throws(SettingsError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(key: setting, problem: "cannot read the file \(path)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw SettingsError(key: setting, problem: "\(path) is not UTF-8")
        }
        self.init(text: text, name: path, setting: setting)
    }

    /// A document that is at hand already; `name` stands for it in error messages.
    public init(text: String, name: String, setting: String) {
        self.text = text
        self.name = name
        self.setting = setting
    }

    /// Decodes the document; an empty one reads as an empty mapping.
    public func decode<Value: Decodable>(_ type: Value.Type) throws(SettingsError) -> Value {
        let root: Node
        do {
            root = try Yams.compose(yaml: text) ?? Node([:])
        } catch {
            // The parser's message has its place and the line itself.
            throw complaint(String(describing: error).split(separator: "\n").joined(separator: " "))
        }
        do {
            return try YAMLDecoder().decode(type, from: root)
        } catch let error as DecodingError {
            throw complaint(error, in: root)
        } catch {
            throw complaint("\(error)")
        }
    }

    private func complaint(_ error: DecodingError, in root: Node) -> SettingsError {
        switch error {
        case .keyNotFound(let key, let context):
            return complaint("the key \(key.stringValue) is missing", at: context.codingPath, in: root)
        case .valueNotFound(_, let context):
            return complaint("a value is missing", at: context.codingPath, in: root)
        case .typeMismatch(let type, let context):
            return complaint("is not \(Self.name(of: type))", at: context.codingPath, in: root)
        case .dataCorrupted(let context):
            return complaint(context.debugDescription, at: context.codingPath, in: root)
        @unknown default: return complaint("\(error)")
        }
    }

    private func complaint(_ problem: String, at path: [any CodingKey], in root: Node) -> SettingsError {
        var node = root
        var line = root.mark?.line
        for key in path {
            if let mapping = node.mapping {
                guard let entry = mapping.first(where: { $0.key.string == key.stringValue }) else { break }
                line = entry.key.mark?.line ?? line
                node = entry.value
            } else if let sequence = node.sequence, let index = key.intValue, sequence.indices.contains(index) {
                node = sequence[index]
                line = node.mark?.line ?? line
            }
        }
        let place = path.map { key in key.intValue.map { "\($0)" } ?? key.stringValue }.joined(separator: ".")
        return complaint([place, problem].filter { !$0.isEmpty }.joined(separator: ": "), line: line)
    }

    private func complaint(_ problem: String, line: Int? = nil) -> SettingsError {
        let place = line.map { "\(name) line \($0)" } ?? name
        return SettingsError(key: setting, problem: "\(place): \(problem)")
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is Int.Type, is UInt64.Type, is UInt32.Type: "a whole number"
        case is Double.Type, is Float.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is [String: Any].Type, is [Node: Node].Type, is Node.Mapping.Type: "a mapping of keys to values"
        default: "what is expected here (\(type))"
        }
    }
}
