import Events
import Testing

@testable import Profiles

@Suite("WindowedCounter")
struct WindowedCounterTests {
    @Test(arguments: [(0, 0), (86_399_999, 0), (86_400_000, 1), (-1, -1), (-86_400_000, -1), (-86_400_001, -2)])
    func `a day begins at midnight UTC, before 1970 too`(milliseconds: Int64, day: Int) {
        #expect(WindowedCounter.day(of: Timestamp(milliseconds: milliseconds)) == day)
    }

    @Test func `days count in any order and go when they are old`() {
        var counter = WindowedCounter()
        for day in [5, 3, 5, 4, 3, 9] { counter.add("a", on: day) }
        #expect(counter.days["a"]?.map(\.day) == [3, 4, 5, 9])
        #expect(counter.count(of: "a", since: 4) == 4)
        counter.add("b", on: 3)
        counter.forget(before: 5)
        #expect(counter.days["a"]?.map(\.count) == [2, 1])
        #expect(counter.days["b"] == nil)
        #expect(counter.largestCount(since: 0) == 3)
    }

    @Test func `the name longest away goes first, then the rarer, then the larger`() {
        var counter = WindowedCounter()
        counter.add("old", on: 1)
        counter.add("old", on: 1)
        for name in ["b", "c", "d", "d"] { counter.add(name, on: 2) }
        counter.cap(at: 3)
        #expect(Set(counter.days.keys) == ["b", "c", "d"])
        counter.cap(at: 2)
        #expect(Set(counter.days.keys) == ["b", "d"])
        counter.cap(at: 1)
        #expect(Set(counter.days.keys) == ["d"])
    }

    @Test func `segments are ordered by kind and name, and a change says who came and went`() {
        let keys: [SegmentKey] = [.rule("z"), .rfm(.loyal), .cluster(10), .rule("a"), .cluster(9), .rfm(.champions)]
        #expect(
            keys.sorted().map(\.description)
                == ["cluster-9", "cluster-10", "rfm-champions", "rfm-loyal", "a", "z"]
        )
        var segments = ProfileSegments()
        #expect(segments.isEmpty)
        #expect(segments.replace(with: [], revision: 1) == nil)
        _ = segments.replace(with: [.cluster(1), .rule("a")], revision: 2)
        let change = segments.replace(with: [.cluster(2), .rule("a")], revision: 3)
        #expect(change == ProfileSegments.Change(revision: 3, entered: [.cluster(2)], left: [.cluster(1)]))
        #expect(segments.lastChange == change)
    }
}
