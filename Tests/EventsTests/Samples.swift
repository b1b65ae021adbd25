import Events

enum Samples {
    static let now = Timestamp(milliseconds: 1_795_206_458_081)

    /// Every field of an event.
    static let full = """
        {"eventId":"0190-a","type":"view","userId":"u42","anonymousId":"a-7","sessionId":"s-9","itemId":"i-17",\
        "value":4.5,"timestamp":"2026-11-20T20:27:38.081Z",\
        "context":{"device":"mobile","os":"ios","locale":"en-GB","country":"GB","page":"/m/17","referrer":"r",\
        "placement":"home"},\
        "recommendation":{"requestId":"q-1","position":3,"source":"als","policy":"greedy","propensity":0.2},\
        "consent":{"personalization":true,"analytics":false},"properties":{"any":["thing",1.0,null]}}
        """

    static func event(_ type: EventType = .view, _ change: (inout Event) -> Void = { _ in }) -> Event {
        var event = Event(eventID: "e-1", type: type, userID: "u42", itemID: "i-17", timestamp: now)
        change(&event)
        return event
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
