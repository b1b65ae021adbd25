import Hummingbird
import ServiceSupport

/// How a body is to be read, from its headers.
struct BodyFormat: Hashable, Sendable {
    enum Syntax: Sendable {
        /// One object, or an array of objects.
        case json
        /// One object a line.
        case lines
    }

    var syntax: Syntax
    var isCompressed: Bool

    /// Reads `Content-Type` and `Content-Encoding`; throws 415 for what is not supported.
    ///
    /// `text/plain` and no type at all count as JSON: that is what browsers' `sendBeacon` sends for a string.
    init(contentType: String?, contentEncoding: String?) throws(Problem) {
        // What nearly all clients send.
        if contentType == "application/json", contentEncoding == nil {
            (syntax, isCompressed) = (.json, false)
            return
        }
        var parts = (contentType ?? "application/json").split(separator: ";").map(Self.normalized)
        switch parts.isEmpty ? "" : parts.removeFirst() {
        case "application/json", "text/plain": syntax = .json
        case "application/x-ndjson", "application/ndjson": syntax = .lines
        default:
            throw Problem(
                .unsupportedMediaType,
                detail: "Content-Type is application/json, application/x-ndjson or text/plain"
            )
        }
        for parameter in parts where parameter.hasPrefix("charset=") {
            guard ["charset=utf-8", "charset=\"utf-8\"", "charset=utf8"].contains(parameter) else {
                throw Problem(.unsupportedMediaType, detail: "the charset is UTF-8")
            }
        }
        switch contentEncoding.map(Self.normalized) {
        case nil, "", "identity": isCompressed = false
        case "gzip", "x-gzip": isCompressed = true
        default: throw Problem(.unsupportedMediaType, detail: "Content-Encoding is gzip or identity")
        }
    }

    private static func normalized(_ text: some StringProtocol) -> String {
        var text = Substring(text.lowercased())
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
