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
        let root: Node
        do {
            root = try JSONDecoder().decode(Node.self, from: json)
        } catch {
            throw SettingsError(key: "--config", problem: "\(path) is not JSON")
        }
        guard case .object(let object) = root else {
            throw SettingsError(key: "--config", problem: "\(path) must hold a JSON object")
        }
        try flatten(object, prefix: "")
    }

    private mutating func flatten(_ object: [String: Node], prefix: String) throws(SettingsError) {
        for (name, node) in object {
            let key = prefix + name
            switch node {
            case .object(let nested):
                try flatten(nested, prefix: key + ".")
                continue
            case _ where values[key] != nil:
                throw SettingsError(key: key, problem: "stands twice in the file")
            case .scalar(let text):
                values[key] = .string(text)
            case .list(let nodes):
                var texts: [String] = []
                for element in nodes {
                    guard case .scalar(let text) = element else {
                        throw SettingsError(key: key, problem: "must be a list of texts or numbers")
                    }
                    texts.append(text)
                }
                values[key] = .stringArray(texts)
            case .null:
                throw SettingsError(key: key, problem: "null is not a value; leave the key out for its default")
            }
        }
    }

    /// A JSON value whose scalars are kept as one would write them.
    private enum Node: Decodable {
        case scalar(String)
        case list([Node])
        case object([String: Node])
        case null

        init(from decoder: any Decoder) throws {
            if let object = try? [String: Node](from: decoder) {
                self = .object(object)
            } else if let list = try? [Node](from: decoder) {
                self = .list(list)
            } else {
                let container = try decoder.singleValueContainer()
                if container.decodeNil() {
                    self = .null
                } else if let flag = try? container.decode(Bool.self) {
                    self = .scalar(String(flag))
                } else if let number = try? container.decode(Int.self) {
                    self = .scalar(String(number))
                } else if let number = try? container.decode(Double.self) {
                    self = .scalar(String(number))
                } else {
                    self = .scalar(try container.decode(String.self))
                }
            }
        }
    }
}
