import Events
import SeededRandom
import Sessions

/// What mutations start from.
enum FuzzSamples {
    static let validEvents = [
        """
        {"eventId":"e-1","type":"view","userId":"u42","anonymousId":"a-7","sessionId":"s-9","itemId":"i-17","value":4.5,\
        "timestamp":"2026-11-20T20:27:38.081Z","context":{"device":"mobile","os":"ios","locale":"en-GB","country":"GB",\
        "page":"/m/17","referrer":"r","placement":"home"},"recommendation":{"requestId":"q","position":3,"source":"als",\
        "policy":"p","propensity":0.2},"consent":{"personalization":true,"analytics":false},"properties":{"any":["thing",{}]}}
        """,
        #"{"eventId":"e","type":"rating","userId":"{u}%~","itemId":"i","value":5,"timestamp":1795206458081}"#,
        #"{"eventId":"e","type":"impression","anonymousId":"a","items":["a","b","\u00e9\ud83d\ude00"],"timestamp":0}"#,
        #"{"eventId":"é","type":"purchase","userId":"字","itemId":"😀","value":1e308,"timestamp":"1970-01-01T00:00:00Z"}"#,
        #"{"eventId":"e","type":"consent","userId":"u","consent":{"analytics":null},"timestamp":-1,"x":[1e400,-0.0]}"#,
    ].map { Array($0.utf8) }

    /// With some that only a collector completes, and some that are events of no type that there is.
    static let events =
        validEvents
        + [
            #"{"type":"search"}"#, #" { "type" : "x" , "items" : [ ] , "context" : { } , "properties" : { } } "#,
            #"{"type":"play","userId":null,"itemId":null,"items":null,"value":null,"timestamp":null,"context":null}"#,
        ].map { Array($0.utf8) }

    static let activities = [
        """
        {"eventId":"e-1","type":"view","anonymousId":"a-7","itemId":"i-17","timestamp":"2026-11-20T20:27:38.081Z",\
        "receivedAt":"2026-11-20T20:27:39.000Z","session":{"id":"s-1","start":"2026-11-20T20:20:00.000Z"},\
        "item":{"categories":["Drama","War"],"tags":["x"],"creator":"c"},"old":true}
        """,
        """
        {"eventId":"e","type":"purchase","userId":"u","itemId":"i","value":1e308,"timestamp":0,"receivedAt":1,\
        "session":{"id":"s","start":0},"properties":{"a":1}}
        """,
        """
        {"eventId":"e","type":"impression","userId":"u","items":["a","b"],"timestamp":0,"receivedAt":1,\
        "session":{"id":"s","start":0}}
        """,
    ].map { Array($0.utf8) }

    static let items = [
        """
        {"id":"i-1","title":"Alien","categories":["Horror","SF"],"tags":["space"],"creator":"Scott","description":"d",\
        "image":"https://x/1.png","url":"https://x/1","price":9.5,"repeatable":true,"available":false,\
        "createdAt":"1979-05-25T00:00:00Z","properties":{"a":[1,2]}}
        """,
        #"{"id":"{%~}","title":"é"}"#,
        #"{"id":"i","title":"t","categories":null,"price":null,"createdAt":0,"unknown":{"x":[]}}"#,
    ].map { Array($0.utf8) }

    /// Activities of one user, of all kinds of events.
    static func activities(count: Int, user: UserKey, seed: UInt64) -> [Activity] {
        var generator = SeededGenerator(seed: seed)
        let types = EventRouting().topics.keys.sorted { $0.rawValue < $1.rawValue }
        return (0..<count).map { number in
            let time = Timestamp(
                milliseconds: 1_795_206_459_000 + Int64.random(in: -1 << 36...1 << 20, using: &generator)
            )
            let type = types.randomElement(using: &generator) ?? .view
            return Activity(
                event: Event(
                    eventID: "e\(number)",
                    type: type,
                    userID: user.rawValue,
                    itemID: "i\(Int.random(in: 0..<20, using: &generator))",
                    value: Double.random(in: 0...5, using: &generator),
                    timestamp: time
                ),
                user: user,
                source: SourceCoordinates(generation: 1, topic: .views, partition: 3, offset: Int64(number)),
                receivedAt: time,
                session: Activity.Session(user: user, start: time),
                item: .init(categories: ["c\(number % 7)", "d"], tags: ["t\(number % 3)"], creator: "p")
            )
        }
    }
}
