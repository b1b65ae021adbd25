import Events
import Testing

@Suite struct EventValidatorTests {
    private let validator = EventValidator()

    private func reason(_ event: Event) -> EventError.Reason? {
        do {
            _ = try validator.validate(event, now: Samples.now)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a good event gets its topic and its key`() throws {
        let known = try validator.validate(Samples.event(.purchase), now: Samples.now)
        #expect(known.topic == .conversions)
        #expect(known.user == UserKey(rawValue: "u42"))
        #expect(!known.isOld)
        let visitor = Samples.event {
            $0.userID = nil; $0.anonymousID = "a-7"
        }
        #expect(try validator.validate(visitor, now: Samples.now).user == UserKey(rawValue: "~a-7"))
    }

    @Test func `times decide between future, present and old`() throws {
        let hour: Int64 = 3_600_000
        func at(_ offset: Int64) -> Event { Samples.event { $0.timestamp.milliseconds += offset } }
        #expect(reason(at(24 * hour)) == nil)
        #expect(reason(at(24 * hour + 1)) == .futureTimestamp)
        #expect(try !validator.validate(at(-7 * 24 * hour), now: Samples.now).isOld)
        #expect(try validator.validate(at(-7 * 24 * hour - 1), now: Samples.now).isOld)
    }

    @Test(arguments: [
        ("", false), ("a", true), (String(repeating: "x", count: 256), true),
        (String(repeating: "x", count: 257), false),
        (String(repeating: "é", count: 128), true), (String(repeating: "é", count: 129), false), ("a\nb", false),
        ("a\u{7f}", false), ("a\u{85}", false), ("a b", true), ("{}%", true), ("~x", false), ("x~", true),
    ])
    func `a user id is bounded, printable and never begins with the visitors' mark`(id: String, isValid: Bool) {
        #expect(reason(Samples.event { $0.userID = id }) == (isValid ? nil : .invalidID))
    }

    @Test func `a visitor's key has the same bound as a user's`() {
        func visitor(_ count: Int) -> Event {
            Samples.event {
                $0.userID = nil; $0.anonymousID = String(repeating: "x", count: count)
            }
        }
        #expect(reason(visitor(255)) == nil)
        #expect(reason(visitor(256)) == .invalidID)
    }

    @Test func `every id is checked`() {
        let changes: [(inout Event) -> Void] = [
            { $0.eventID = "" }, { $0.anonymousID = "" }, { $0.sessionID = "\0" }, { $0.itemID = "" },
            { $0.items = [""] },
            {
                $0.recommendation = .init(); $0.recommendation?.requestID = "\n"
            },
        ]
        for change in changes { #expect(reason(Samples.event(.view, change)) == .invalidID) }
    }

    @Test func `an event belongs to somebody`() {
        #expect(reason(Samples.event { $0.userID = nil }) == .missingField)
    }

    @Test func `values have their ranges`() {
        for (value, expected) in [(0.0, nil), (5, nil), (5.5, .invalidValue), (-1, .invalidValue)]
            as [(Double, EventError.Reason?)]
        {
            #expect(reason(Samples.event(.rating) { $0.value = value }) == expected)
        }
        #expect(reason(Samples.event(.rating)) == .missingField)
        #expect(reason(Samples.event(.purchase) { $0.value = -0.01 }) == .invalidValue)
        #expect(reason(Samples.event { $0.value = -.infinity }) == .invalidValue)
        for propensity in [0, -0.1, 1.1, .nan] {
            let event = Samples.event {
                $0.recommendation = .init(); $0.recommendation?.propensity = propensity
            }
            #expect(reason(event) == .invalidValue)
        }
        #expect(
            reason(
                Samples.event {
                    $0.recommendation = .init(); $0.recommendation?.position = -1
                }
            ) == .invalidValue
        )
        #expect(
            reason(
                Samples.event {
                    $0.context = .init(); $0.context?.page = String(repeating: "x", count: 2_049)
                }
            ) == .invalidValue
        )
    }

    @Test func `types demand their fields`() {
        func bare(_ type: EventType) -> Event {
            Event(eventID: "e", type: type, anonymousID: "a", timestamp: Samples.now)
        }
        for type in EventRouting().topics.keys {
            let needs = TypeRequirements.of(type).fields
            #expect(reason(bare(type)) == (needs.isEmpty ? nil : .missingField), "\(type.rawValue)")
            var full = bare(type)
            (full.userID, full.itemID, full.items, full.value, full.consent) = ("u", "i", ["i"], 1, .init())
            #expect(reason(full) == nil, "\(type.rawValue)")
        }
    }

    @Test func `an impression lists at most 200 items`() {
        func shown(_ count: Int) -> Event {
            Samples.event(.impression) { $0.items = Array(repeating: "i", count: count) }
        }
        #expect(reason(shown(200)) == nil)
        #expect(reason(shown(201)) == .tooManyItems)
        #expect(reason(shown(0)) == .missingField)
    }

    @Test func `a record must be small, keyed by its user, and in its type's topic`() throws {
        let value = EventCodec.encode(Samples.event(.click))
        let key = Array("u42".utf8)
        func reason(_ value: [UInt8], _ key: [UInt8]?, _ topic: SignalTopic) -> EventError.Reason? {
            do {
                _ = try validator.accept(value, key: key, topic: topic, now: Samples.now)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(value, key, .clicks) == nil)
        #expect(reason(value, nil, .clicks) == .keyMismatch)
        #expect(reason(value, Array("u43".utf8), .clicks) == .keyMismatch)
        #expect(reason(value, Array("~u42".utf8), .clicks) == .keyMismatch)
        #expect(reason(value, key, .views) == .wrongTopic)
        let large = value + Array(repeating: UInt8(ascii: " "), count: 32 * 1024 - value.count)
        #expect(reason(large, key, .clicks) == nil)
        #expect(reason(large + [UInt8(ascii: " ")], key, .clicks) == .tooLarge)
    }

    @Test func `further types come with their topic`() throws {
        let routing = try EventRouting(adding: ["bookmark=feedback", "view=views"])
        #expect(routing.topic(for: EventType(rawValue: "bookmark")) == .feedback)
        #expect(reason(Samples.event(EventType(rawValue: "bookmark"))) == .unknownType)
        let open = EventValidator(routing: routing)
        #expect(throws: Never.self) {
            try open.validate(Samples.event(EventType(rawValue: "bookmark")), now: Samples.now)
        }
        for wrong in ["bookmark", "=views", "Bookmark=views", "view=clicks", "x=y", "a=views=b", "1a=views"] {
            #expect(throws: EventRouting.Failure.self) { try EventRouting(adding: [wrong]) }
        }
    }
}
