import Events
import Sessions
import Stores

/// The verdicts on a batch of events, and the states that follow from them: pure.
struct Judgement {
    /// An event for `activity`.
    struct Processed {
        var intake: EventIntake.Accepted
        var session: Activity.Session
    }

    private let loaded: [UserKey: LoadedState<StreamState>]
    private let policy: SessionPolicy
    private let fencing: FenceMode
    private var states: [UserKey: StreamState] = [:]
    /// In the order of the batch.
    private(set) var processed: [Processed] = []
    private(set) var refused: [EventIntake.Rejected] = []
    private(set) var duplicates = 0
    private(set) var redelivered = 0

    init(loaded: [UserKey: LoadedState<StreamState>], policy: SessionPolicy, fencing: FenceMode) {
        self.loaded = loaded
        self.policy = policy
        self.fencing = fencing
    }

    /// The new state of each user whose state has changed.
    var writes: [FencedWrite<StreamState>] {
        states.map { user, state in
            var expected: Fence?
            if case .state(let before?)? = loaded[user] { expected = before.fence }
            return FencedWrite(user: user, expected: expected, state: state)
        }
    }

    /// Judges the next event of the batch.
    mutating func judge(_ event: EventIntake.Accepted) {
        let user = event.event.user
        var state: StreamState
        switch loaded[user] {
        case .failed(let error)?:
            let reason = EventError(.unprocessable, "the user's state cannot be used (\(error.code))")
            refused.append(EventIntake.Rejected(record: event.record, source: event.source, error: reason))
            return
        case .state(let before)?: state = states[user] ?? before ?? StreamState()
        case nil: state = states[user] ?? StreamState()
        }
        guard fencing == .disabledForTest || !state.fence.covers(event.source) else {
            redelivered += 1
            return
        }
        // Taken out while it changes, so that its list of event ids is not copied.
        states[user] = nil
        let verdict = state.apply(
            event.source,
            eventID: event.event.event.eventID,
            time: event.effectiveTime,
            receivedAt: event.receivedAt,
            user: user,
            policy: policy
        )
        states[user] = state
        switch verdict {
        case .processed(let session): processed.append(Processed(intake: event, session: session))
        case .duplicate: duplicates += 1
        }
    }
}
