/// The answer to a health question: a verdict and the parts that it is made of.
public struct HealthReport: Sendable, Hashable {
    /// One part's state.
    public struct Part: Sendable, Hashable {
        /// The part's name.
        public let name: String
        /// Whether it works.
        public let isReady: Bool
        /// Why not, or a detail worth reading.
        public let reason: String?
    }

    /// The parts, in the order they were registered.
    public let parts: [Part]

    /// Whether every part works.
    public var isHealthy: Bool { parts.allSatisfy(\.isReady) }

    /// The JSON that the admin port answers with.
    public var json: String {
        var text = "{\"status\":\"\(isHealthy ? "ok" : "unavailable")\",\"checks\":{"
        for (index, part) in parts.enumerated() {
            if index > 0 { text += "," }
            JSONText.append(part.name, to: &text)
            text += ":{\"status\":\"\(part.isReady ? "ok" : "unavailable")\""
            if let reason = part.reason {
                text += ",\"reason\":"
                JSONText.append(reason, to: &text)
            }
            text += "}"
        }
        return text + "}}\n"
    }
}
