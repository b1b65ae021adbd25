import Events
import JSON
import Profiles
import Redis
import Segments
import Sessions
import Testing

@testable import Stores

@Suite("Fuzzed contents of Redis")
struct StateFuzzTests {
    private let user = UserKey(userID: "u1")
    private let now = Timestamp(milliseconds: 1_795_206_459_000)

    @Test func `profiles, which go on being folded and shown`() throws {
        let fans = SegmentRule.EventCount(place: SegmentRule.Place(.category, name: nil), days: 30)
        let segmenter = Segmenter(
            rules: try SegmentRules([
                SegmentRule(name: "fans", condition: .events(fans, Comparison(.above, 0))),
                SegmentRule(name: "busy", condition: .events(SegmentRule.EventCount(days: 7), Comparison(.above, 2))),
            ])
        )
        let samples = [0, 1, 3, 40].map { count in
            var stored = FencedProfile(profile: UserProfile(firstEventAt: now), fence: Fence())
            for activity in FuzzSamples.activities(count: count, user: user, seed: UInt64(count)) {
                stored.profile.apply(activity, policy: ProfilePolicy())
                if count != 3 { segmenter.count(ActivityFacts(activity), in: &stored.profile) }
                stored.fence.advance(to: activity.source)
            }
            _ = segmenter.update(&stored.profile, since: 0)
            return ProfileCodec.encode(stored)
        }
        let activity = try #require(FuzzSamples.activities(count: 1, user: user, seed: 9).first)
        try DecoderFuzz(name: "ProfileCodec", samples: samples).run { bytes in
            do throws(BinaryReader.Failure) {
                let stored = try ProfileCodec.decode(bytes)
                var changed = stored
                changed.profile.apply(activity, policy: ProfilePolicy())
                segmenter.count(ActivityFacts(activity), in: &changed.profile)
                _ = segmenter.update(&changed.profile, since: stored.profile.revision)
                _ = ProfileCodec.encode(changed)
                var json = JSONWriter()
                stored.profile.write(user: user, now: now, policy: ProfilePolicy(), to: &json)
                return ProfileCodec.encode(stored)
            } catch {
                return nil
            }
        }
    }

    @Test func `stream states and event ids, which go on being applied`() throws {
        var state = StreamState()
        let policy = SessionPolicy()
        for activity in FuzzSamples.activities(count: 20, user: user, seed: 5) {
            _ = apply(activity, to: &state, policy)
        }
        let seen = StreamStateCodec.encode(state.seen.entries)
        let activity = try #require(FuzzSamples.activities(count: 1, user: user, seed: 9).first)
        try DecoderFuzz(name: "StreamStateCodec", samples: [StreamStateCodec.encode(state)]).run { bytes in
            do throws(BinaryReader.Failure) {
                let stored = try StreamStateCodec.decode(bytes, seen: seen)
                var changed = stored
                _ = apply(activity, to: &changed, policy)
                _ = StreamStateCodec.encode(changed)
                return StreamStateCodec.encode(stored)
            } catch {
                return nil
            }
        }
        try DecoderFuzz(name: "StreamStateCodec seen", samples: [seen, []]).run { bytes in
            do throws(BinaryReader.Failure) {
                var stored = try StreamStateCodec.decode(StreamStateCodec.encode(state), seen: bytes)
                let encoded = StreamStateCodec.encode(stored.seen.entries)
                _ = apply(activity, to: &stored, policy)
                return encoded
            } catch {
                return nil
            }
        }
    }

    @Test func `lists`() throws {
        let reason = RecommendationList.Reason(type: "because_you_viewed", itemID: "j")
        let entries = [
            RecommendationList.Entry(itemID: "i1", score: 0.5, source: "als", reason: reason),
            RecommendationList.Entry(itemID: "i2", score: 0.25, source: "als"),
            RecommendationList.Entry(itemID: "é", score: -0.25, source: "cosine", reason: reason),
        ]
        let list = RecommendationList(profileRevision: 7, modelVersion: 2, computedAt: now, entries: entries)
        try DecoderFuzz(name: "RecommendationCodec", samples: [RecommendationCodec.encode(list)]).run { bytes in
            do throws(BinaryReader.Failure) {
                return RecommendationCodec.encode(try RecommendationCodec.decode(bytes))
            } catch {
                return nil
            }
        }
        let ranked = entries.map { RankedItem(itemID: $0.itemID, score: $0.score) }
        try DecoderFuzz(name: "RecommendationCodec ranked", samples: [RecommendationCodec.encode(ranked)]).run {
            bytes in
            do throws(BinaryReader.Failure) {
                return RecommendationCodec.encode(try RecommendationCodec.decodeRanked(bytes))
            } catch {
                return nil
            }
        }
    }

    @Test func `keys`() throws {
        let keys = KeySpace()
        let samples = ["u", "{u}", "~a%~", "%41\u{1}", "é"].map { Array(keys.stream(UserKey(rawValue: $0)).utf8) }
        try DecoderFuzz(name: "KeySpace", samples: samples, tokens: Tokens.json).run { bytes in
            keys.user(of: String(decoding: bytes, as: UTF8.self)).map { Array(keys.stream($0).utf8) }
        }
        let urls = ["redis://u:p%40@h:1/2", "redis://[::1]", "redis://127.0.0.1:6379/0"].map { Array($0.utf8) }
        try DecoderFuzz(name: "RedisURL", samples: urls, tokens: Tokens.json).run { bytes in
            do throws(RedisError) {
                _ = try RedisURL(String(decoding: bytes, as: UTF8.self))
                return bytes
            } catch {
                return nil
            }
        }
    }

    private func apply(_ activity: Activity, to state: inout StreamState, _ policy: SessionPolicy) -> StreamVerdict {
        state.apply(
            activity.source,
            eventID: activity.event.eventID,
            time: activity.effectiveTime,
            receivedAt: activity.receivedAt,
            user: user,
            policy: policy
        )
    }
}
