/// Which topic takes which type of event.
public struct EventRouting: Hashable, Sendable {
    /// An addition that cannot be made.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The addition and what is wrong with it.
        public var description: String
    }

    /// The topic of each known type.
    public private(set) var topics: [EventType: SignalTopic]

    /// The types that every installation knows.
    public init() {
        topics = [
            .view: .views, .page: .views,
            .click: .clicks,
            .scroll: .engagement, .dwell: .engagement, .play: .engagement, .search: .engagement, .share: .engagement,
            .addToCart: .conversions, .removeFromCart: .conversions, .purchase: .conversions, .subscribe: .conversions,
            .rating: .feedback, .like: .feedback, .dislike: .feedback, .dismiss: .feedback, .favorite: .feedback,
            .review: .feedback,
            .impression: .impressions,
            .identify: .users, .alias: .users, .preferences: .users, .consent: .users,
        ]
    }

    /// The known types and further ones, each written `type=topic`, such as `bookmark=feedback`.
    ///
    /// A known type cannot be moved to another topic: its duplicates and its fences live there.
    public init(adding additions: [String]) throws(Failure) {
        self.init()
        for addition in additions {
            let parts = addition.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let topic = SignalTopic(name: parts[1]) else {
                throw Failure(description: "\(addition): write type=topic, with one of \(Self.topicNames) as topic")
            }
            let type = EventType(rawValue: String(parts[0]))
            guard type.isWellFormed else {
                throw Failure(description: "\(addition): a type is a-z, 0-9 and _, and begins with a letter")
            }
            if let known = topics[type], known != topic {
                throw Failure(description: "\(addition): this type's topic is \(known.name)")
            }
            topics[type] = topic
        }
    }

    /// The topic for events of `type`; `nil` for an unknown one.
    public func topic(for type: EventType) -> SignalTopic? { topics[type] }

    private static var topicNames: String { SignalTopic.allCases.map(\.name).joined(separator: ", ") }
}

extension EventType {
    /// Whether the name is one that a type may have: at most 64 of a-z, 0-9 and _, a letter first.
    public var isWellFormed: Bool {
        guard let first = rawValue.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
            return false
        }
        return rawValue.utf8.count <= 64
            && rawValue.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
