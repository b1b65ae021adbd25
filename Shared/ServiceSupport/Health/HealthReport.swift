/// The answer to a health question: a verdict and the parts that it is made of.
public struct HealthReport: Sendable, Hashable {
    /// Whether a part works.
    public enum Verdict: Sendable, Hashable {
        /// It works; the detail may carry a warning worth reading.
        case ready(detail: String? = nil)
        /// It does not, and why.
        case unready(String)
    }

    /// One part's state.
    public struct Part: Sendable, Hashable {
        /// The part's name.
        public let name: String
        /// Whether it works.
        public let isReady: Bool
        /// Why not, or a detail worth reading.
        public let reason: String?

        init(name: String, isReady: Bool, reason: String?) {
            self.name = name
            self.isReady = isReady
            self.reason = reason
        }

        init(name: String, verdict: Verdict) {
            switch verdict {
            case .ready(let detail): self.init(name: name, isReady: true, reason: detail)
            case .unready(let reason): self.init(name: name, isReady: false, reason: reason)
            }
        }
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
