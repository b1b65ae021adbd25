import Hummingbird
import JSON
import NIOCore
import Stores

/// Writes lists as the API shows them.
enum AnswerWriter {
    /// A writer with room for the answer.
    static func json(for answer: Recommendations.Answer) -> JSONWriter {
        JSONWriter(reservingCapacity: answer.cards.reduce(512) { $0 + 192 + ($1?.json.count ?? 0) })
    }

    static func write(_ answer: Recommendations.Answer, to json: inout JSONWriter) {
        json.key("items")
        json.beginArray()
        for (entry, card) in zip(answer.entries, answer.cards) {
            json.beginObject()
            json.field("id", entry.itemID)
            json.field("score", (Double(entry.score) * 1e6).rounded() / 1e6)
            json.field("source", entry.source)
            json.key("reason")
            if let reason = entry.reason {
                json.beginObject()
                json.field("type", reason.type)
                json.field("itemId", reason.itemID)
                json.field("title", answer.reasonTitles[reason.itemID])
                json.endObject()
            } else {
                json.writeNull()
            }
            if let card {
                json.field("item", raw: card.json)
            } else {
                json.key("item")
                json.writeNull()
            }
            json.endObject()
        }
        json.endArray()
    }

    static func milliseconds(since start: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - start).components
        let microseconds = Double(parts.seconds) * 1e6 + Double(parts.attoseconds) * 1e-12
        return microseconds.rounded() / 1000
    }

    static func response(_ json: JSONWriter, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }
}
