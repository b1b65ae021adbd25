import Events
import Testing

@testable import Profiles

@Suite("The item touched longest ago")
struct OldestItemsTests {
    @Test func `it goes as if all items had been looked at`() {
        var random = SystemRandomNumberGenerator()
        let limit = 20
        var (items, plain): ([String: ItemSignal], [String: ItemSignal]) = ([:], [:])
        var oldest = OldestItems()
        for step in 0..<5_000 {
            let id = "i\(Int.random(in: 0..<60, using: &random))"
            // Few distinct times, so that many are equal; late ones too.
            let time = Timestamp(milliseconds: Int64(step / 10 - Int.random(in: 0..<8, using: &random)))
            let signal = ItemSignal(type: .view, strength: 1, lastTime: time)
            if items[id]?.merge(signal) == nil { items[id] = signal }
            oldest.note(id, at: items[id]?.lastTime ?? time, of: items)
            while items.count > limit { oldest.removeOldest(from: &items) }

            if plain[id]?.merge(signal) == nil { plain[id] = signal }
            while plain.count > limit {
                let gone = plain.min { left, right in
                    (left.value.lastTime, right.key) < (right.value.lastTime, left.key)
                }
                plain[gone?.key ?? ""] = nil
            }
            #expect(items == plain)
        }
    }

    @Test func `profiles with and without the index are equal`() {
        let policy = ProfilePolicy(maximumItems: 2)
        var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 0))
        for offset: Int64 in 0..<5 { profile.apply(activity(offset), policy: policy) }
        var restored = profile
        restored.oldestItems = OldestItems()
        #expect(restored == profile)
        profile.apply(activity(9), policy: policy)
        restored.apply(activity(9), policy: policy)
        #expect(restored == profile)
        #expect(Set(profile.items.keys) == ["i4", "i9"])
    }

    private func activity(_ offset: Int64) -> Activity {
        let user = UserKey(userID: "u")
        let time = Timestamp(milliseconds: offset)
        return Activity(
            event: Event(eventID: "e\(offset)", type: .view, userID: "u", itemID: "i\(offset)", timestamp: time),
            user: user,
            source: SourceCoordinates(generation: 1, topic: .views, partition: 0, offset: offset),
            receivedAt: time,
            session: Activity.Session(id: "s", start: Timestamp(milliseconds: 0)),
            item: nil,
            isOld: false
        )
    }
}
