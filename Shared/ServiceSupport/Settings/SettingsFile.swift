import Configuration
import Foundation

/// The JSON file of settings, flattened to dotted keys.
///
/// `{"kafka": {"bootstrap.servers": "b:9092"}}` and `{"kafka.bootstrap.servers": "b:9092"}` say the same.
struct SettingsFile {
    private(set) var values: [String: ConfigContent] = [:]

    init(path: String) throws(SettingsError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsError(key: "--config", problem: "cannot read the file \(path)")
        }
        try self.init(json: data, path: path)
    }

    init(json: Data, path: String) throws(SettingsError) {
        let object: Any
        do {
            object = try JSONSerialization.jsonObject(with: json)
        } catch {
            throw SettingsError(key: "--config", problem: "\(path) is not JSON")
        }
        guard let root = object as? [String: Any] else {
            throw SettingsError(key: "--config", problem: "\(path) must hold a JSON object")
        }
        try flatten(root, prefix: "")
    }

    private mutating func flatten(_ object: [String: Any], prefix: String) throws(SettingsError) {
        for (name, value) in object {
            let key = prefix + name
            if let nested = value as? [String: Any] {
                try flatten(nested, prefix: key + ".")
                continue
            }
            guard values[key] == nil else { throw SettingsError(key: key, problem: "stands twice in the file") }
            if let list = value as? [Any] {
                var texts: [String] = []
                for element in list {
                    guard let text = Self.text(element) else {
                        throw SettingsError(key: key, problem: "must be a list of texts or numbers")
                    }
                    texts.append(text)
                }
                values[key] = .stringArray(texts)
            } else if let text = Self.text(value) {
                values[key] = .string(text)
            } else {
                throw SettingsError(key: key, problem: "null is not a value; leave the key out for its default")
            }
        }
    }

    private static func text(_ value: Any) -> String? {
        if let text = value as? String { return text }
        guard let number = value as? NSNumber else { return nil }
        if CFBooleanCheck.isBoolean(number) { return number.boolValue ? "true" : "false" }
        return number.stringValue
    }

    private enum CFBooleanCheck {
        /// Tells `true` from `1`: Foundation wraps both in `NSNumber`, but encodes only booleans as such.
        static func isBoolean(_ number: NSNumber) -> Bool {
            type(of: number) == type(of: NSNumber(value: true))
                && String(describing: number) == number.boolValue.description
        }
    }
}
