import Events
import ServiceSupport
import Testing

@testable import Collector

@Suite struct UserLimiterTests {
    private static let midnight: Int64 = 1_795_132_800_000

    private static func at(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: midnight + Int64(seconds * 1_000))
    }

    private static func passed(_ count: Int, _ limiter: inout UserLimiter, _ user: String, at seconds: Double) -> Int {
        (0..<count).count { _ in limiter.take(UserKey(rawValue: user), now: at(seconds)) == nil }
    }

    @Test func `a burst passes, then the rate`() {
        var limiter = UserLimiter(LimitSettings(rate: 10, burst: 50, daily: 0))
        #expect(Self.passed(80, &limiter, "u", at: 0) == 50)
        #expect(Self.passed(80, &limiter, "u", at: 1) == 10)
        #expect(Self.passed(80, &limiter, "u", at: 1.5) == 5)
        #expect(Self.passed(80, &limiter, "u", at: 1_000) == 50)
        #expect(Self.passed(80, &limiter, "other", at: 1_000) == 50)
        #expect(
            limiter.take(UserKey(rawValue: "u"), now: Self.at(1_000)) == .init(limit: .rate, retryAfterSeconds: 1)
        )
        // A clock that goes back gives nothing and takes nothing.
        #expect(Self.passed(1, &limiter, "u", at: 900) == 0)
        #expect(Self.passed(80, &limiter, "u", at: 1_001) == 10)
    }

    @Test func `a day has its own limit, until midnight`() {
        var limiter = UserLimiter(LimitSettings(rate: 0, burst: 1, daily: 100))
        #expect(Self.passed(150, &limiter, "u", at: 10) == 100)
        #expect(
            limiter.take(UserKey(rawValue: "u"), now: Self.at(86_399.5)) == .init(limit: .daily, retryAfterSeconds: 1)
        )
        #expect(Self.passed(150, &limiter, "u", at: 86_400) == 100)
    }

    @Test func `a flood of invented users grows nothing and hides nobody`() {
        var limiter = UserLimiter(LimitSettings(rate: 1, burst: 20, daily: 0), capacity: 64)
        #expect(Self.passed(30, &limiter, "bot", at: 0) == 20)
        for number in 0..<10_000 { #expect(Self.passed(1, &limiter, "x\(number)", at: 0.1) == 1) }
        #expect(Self.passed(30, &limiter, "bot", at: 0.2) == 0)
    }

    @Test func `of a user's events in a body the first ones pass, and others' are not touched`() throws {
        var limiter = UserLimiter(LimitSettings(rate: 1, burst: 2, daily: 0))
        let lines =
            (0..<4).map { #"{"type":"page","userId":"hot","eventId":"h\#($0)"}"# }
            + ["{", #"{"type":"page","userId":"u"}"#]
        let body = Array(lines.joined(separator: "\n").utf8)
        let ranges = try BodySplitter.split(body, as: .lines, limit: 10)
        var batch = IntakeBatch(body, at: ranges, validator: EventValidator(), now: Self.at(0))
        batch.limit(with: &limiter, now: Self.at(0))
        #expect(batch.accepted.map(\.index) == [0, 1, 5])
        #expect(batch.limited.map(\.eventID) == ["h2", "h3"])
        #expect(!batch.isLimitedAltogether)
        let answer = String(decoding: batch.answer, as: UTF8.self)
        #expect(
            answer.hasPrefix(#"{"accepted":3,"rejected":[{"index":2,"eventId":"h2","reason":"rate-limited","detail""#)
        )
        #expect(answer.contains(#"{"index":4,"reason":"malformed-json""#))
        #expect(batch.records(topics: TopicNames(), limits: EventLimits(), receivedAt: Self.at(0)).count == 4)
    }
}
