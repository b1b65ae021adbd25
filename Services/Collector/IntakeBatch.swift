import Events
import JSON

/// The events of one body, each accepted or rejected by itself.
struct IntakeBatch: Sendable {
    /// An event that goes into the stream.
    struct Accepted: Sendable {
        /// Its place in the body, from 0.
        var index: Int
        var event: ValidatedEvent
        /// The canonical JSON: id and time completed, times in UTC, unknown fields left out.
        var value: [UInt8]
    }

    /// An event that does not.
    struct Rejected: Sendable {
        /// Its place in the body, from 0.
        var index: Int
        /// Its id, if it has a usable one.
        var eventID: String?
        /// Its user, if that much could be read.
        var user: UserKey?
        var error: EventError
        /// The bytes as received.
        var value: ArraySlice<UInt8>
    }

    /// A good event of a user who has sent too much; it is not recorded anywhere.
    struct Limited: Sendable {
        /// Its place in the body, from 0.
        var index: Int
        var eventID: String
        var error: EventError
    }

    var accepted: [Accepted] = []
    var rejected: [Rejected] = []
    var limited: [Limited] = []
    /// When the first of the limited events would pass.
    var retryAfterSeconds: Int?

    /// Whether every event is one of a user who has sent too much.
    var isLimitedAltogether: Bool { !limited.isEmpty && accepted.isEmpty && rejected.isEmpty }

    /// Whether there are events and not one of them is a JSON object.
    var isNotJSONAtAll: Bool {
        accepted.isEmpty && !rejected.isEmpty && rejected.allSatisfy { $0.error.reason == .malformedJSON }
    }

    /// Reads and checks the events that stand at `ranges` in `body`, received at `now`.
    init(_ body: [UInt8], at ranges: [Range<Int>], validator: EventValidator, now: Timestamp) {
        accepted.reserveCapacity(ranges.count)
        for (index, range) in ranges.enumerated() {
            var event: Event?
            do throws(EventError) {
                try validator.checkSize(range.count)
                let defaults = EventCodec.Defaults(eventID: EventID.uuidV7(at: now), timestamp: now)
                let decoded = try EventCodec.decode(body, in: range, completing: defaults)
                event = decoded
                let validated = try validator.validate(decoded, now: now)
                let value = EventCodec.encode(decoded)
                // What was completed counts too: the stream-processor applies the same limit.
                try validator.checkSize(value.count)
                accepted.append(Accepted(index: index, event: validated, value: value))
            } catch {
                rejected.append(
                    Rejected(
                        index: index,
                        eventID: EventCodec.eventID(in: body, range: range),
                        user: event?.userKey.flatMap { Self.isUsable($0, validator.limits) ? $0 : nil },
                        error: error,
                        value: body[range]
                    )
                )
            }
        }
    }

    /// The answer's JSON.
    var answer: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("accepted", accepted.count)
        json.key("rejected")
        json.beginArray()
        let refused =
            rejected.map { (index: $0.index, eventID: $0.eventID, error: $0.error) }
            + limited.map { (index: $0.index, eventID: $0.eventID, error: $0.error) }
        for event in refused.sorted(by: { $0.index < $1.index }) {
            json.beginObject()
            json.field("index", event.index)
            json.field("eventId", event.eventID)
            json.field("reason", event.error.reason.rawValue)
            json.field("field", event.error.field)
            json.field("detail", event.error.message)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private static func isUsable(_ user: UserKey, _ limits: EventLimits) -> Bool {
        EventValidator.isIDWellFormed(user.rawValue, maximumBytes: limits.maximumIDBytes)
    }
}
