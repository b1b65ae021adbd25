import ServiceSupport

/// The storefront page at `/demo`.
struct DemoSettings: Sendable {
    /// Whether the page is served.
    let isEnabled: Bool
    /// Where the page sends its events.
    let collectorURL: String
    /// The users that the page offers.
    let users: [String]

    init(from reader: SettingsReader, isOpen: Bool) throws(SettingsError) {
        let enabled = try reader.string(
            "demo.enabled",
            default: "auto",
            allowed: ["auto", "true", "false"],
            description: "serve the storefront page at /demo; auto: on loopback without API keys"
        )
        isEnabled = enabled == "true" || enabled == "auto" && isOpen
        collectorURL = try reader.string(
            "demo.collector.url",
            default: "http://127.0.0.1:8080",
            description: "where the storefront page sends its events"
        )
        users = try reader.list(
            "demo.users",
            default: ["1", "15", "62", "89", "318", "414", "567", "599"],
            description: "users that the storefront page offers"
        )
        guard collectorURL.hasPrefix("http://") || collectorURL.hasPrefix("https://"),
            !collectorURL.contains(where: { $0.isWhitespace || ";,'\"".contains($0) })
        else {
            throw SettingsError(key: "demo.collector.url", problem: "'\(collectorURL)' is not an http:// address")
        }
    }
}
