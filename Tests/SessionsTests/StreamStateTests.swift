import Events
import Sessions
import Testing

@Suite("StreamState")
struct StreamStateTests {
    private let user = UserKey(userID: "u1")
    private let policy = SessionPolicy()
    private let start: Int64 = 1_700_000_000_000

    @Test func `events within the gap share a session, later ones open another`() {
        var state = StreamState()
        let first = process(&state, offset: 0, id: "a", at: 0)
        let second = process(&state, offset: 1, id: "b", at: 29)
        let third = process(&state, offset: 2, id: "c", at: 29 + 31)
        #expect(first != nil)
        #expect(first == second)
        #expect(third != second)
        #expect(third?.start.milliseconds == start + 60 * 60_000)
        #expect(state.processed == 3)
    }

    @Test func `a late event gets its own session and leaves the open one alone`() {
        var state = StreamState()
        let open = process(&state, offset: 0, id: "a", at: 600)
        let late = process(&state, offset: 1, id: "b", at: 0)
        let next = process(&state, offset: 2, id: "c", at: 610)
        #expect(late?.start.milliseconds == start)
        #expect(next == open)
    }

    @Test func `a session's id is a function of user and start`() {
        let time = Timestamp(milliseconds: start)
        #expect(Activity.Session(user: user, start: time) == Activity.Session(user: user, start: time))
        #expect(
            Activity.Session(user: user, start: time).id
                != Activity.Session(user: UserKey(userID: "u2"), start: time).id
        )
    }

    @Test func `the same id in the same topic within a day is a duplicate, in another topic it is not`() {
        var state = StreamState()
        #expect(process(&state, offset: 0, id: "a", at: 0) != nil)
        #expect(process(&state, offset: 1, id: "a", at: 1) == nil)
        #expect(process(&state, topic: .clicks, offset: 0, id: "a", at: 2) != nil)
        #expect(process(&state, offset: 2, id: "a", at: 25 * 60) != nil)
        #expect(state.duplicates == 1)
        #expect(state.processed == 3)
    }

    @Test func `the fence covers what was applied and nothing after it`() {
        var state = StreamState()
        _ = process(&state, offset: 7, id: "a", at: 0)
        #expect(state.fence.covers(source(.views, 7)))
        #expect(state.fence.covers(source(.views, 3)))
        #expect(!state.fence.covers(source(.views, 8)))
        #expect(!state.fence.covers(source(.clicks, 0)))
        #expect(!state.fence.covers(source(.views, 0, generation: 2)))
    }

    @Test func `the newest ids are kept and the overflow is counted`() {
        let policy = SessionPolicy(maximumSeenEvents: 8)
        var state = StreamState()
        for offset in 0..<30 {
            _ = process(&state, offset: Int64(offset), id: "e\(offset)", at: 0, policy: policy)
        }
        #expect(state.seen.entries.count <= 10)
        #expect(state.seen.overflow > 0)
        #expect(state.seen.storedCount == nil)
        // The newest is still known.
        #expect(process(&state, offset: 30, id: "e29", at: 0, policy: policy) == nil)
    }

    @Test(arguments: 0..<20) func `a batch cut anywhere gives the same state`(cut: Int) {
        var whole = StreamState()
        var first = StreamState()
        for offset in 0..<20 {
            let minute = Int64((offset * 37) % 90)
            _ = process(&whole, offset: Int64(offset), id: "e\(offset % 13)", at: minute)
            if offset == cut {
                first = StreamState(
                    session: first.session,
                    processed: first.processed,
                    duplicates: first.duplicates,
                    seen: SeenEvents(stored: first.seen.entries),
                    fence: first.fence
                )
            }
            _ = process(&first, offset: Int64(offset), id: "e\(offset % 13)", at: minute)
        }
        #expect(first.processed == whole.processed)
        #expect(first.duplicates == whole.duplicates)
        #expect(first.session == whole.session)
        #expect(first.fence == whole.fence)
        #expect(first.seen.entries == whole.seen.entries)
    }

    private func source(_ topic: SignalTopic, _ offset: Int64, generation: UInt32 = 1) -> SourceCoordinates {
        SourceCoordinates(generation: generation, topic: topic, partition: 3, offset: offset)
    }

    /// The session an event is put in; `nil` for a duplicate.
    private func process(
        _ state: inout StreamState,
        topic: SignalTopic = .views,
        offset: Int64,
        id: String,
        at minute: Int64,
        policy: SessionPolicy? = nil
    ) -> Activity.Session? {
        let time = Timestamp(milliseconds: start + minute * 60_000)
        let verdict = state.apply(
            source(topic, offset),
            eventID: id,
            time: time,
            receivedAt: time,
            user: user,
            policy: policy ?? self.policy
        )
        guard case .processed(let session) = verdict else { return nil }
        return session
    }
}
