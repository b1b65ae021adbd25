/// Writes settings down for people: help, `--print-settings`, the table in the documentation.
public enum SettingsTable {
    /// One paragraph per key, for `--help`.
    public static func help(_ settings: [Setting]) -> String {
        var text = "Settings: a flag wins over the environment, that over the file, that over the default. "
        text += "Unknown keys and wrong values stop the start.\n"
        for setting in settings {
            text += "\n\(setting.key)  [\(setting.environmentName)]"
            text += setting.defaultText.isEmpty ? "\n" : "  default: \(setting.defaultText)\n"
            text += wrapped(setting.description)
        }
        return text
    }

    private static func wrapped(_ description: String) -> String {
        var lines = [""]
        for word in description.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 72 { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "    " : " ") + word
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// One line per key with the value in force and where it came from; secrets are masked.
    public static func inForce(_ settings: [Setting]) -> String {
        settings.filter { !$0.key.hasSuffix(".*") }
            .map { "\($0.key)=\($0.text)  # \($0.source.rawValue)\n" }
            .joined()
    }

    /// A Markdown table.
    public static func markdown(_ settings: [Setting]) -> String {
        var text = "| key | environment | type | default | meaning |\n|---|---|---|---|---|\n"
        for setting in settings {
            let value = setting.defaultText.isEmpty ? "" : "`\(setting.defaultText)`"
            let meaning = setting.description.replacing("|", with: "\\|")
            text += "| `\(setting.key)` | `\(setting.environmentName)` | \(setting.kind) | \(value) | \(meaning) |\n"
        }
        return text
    }
}
