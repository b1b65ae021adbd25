import Events

extension IntakeBatch {
    /// Takes out the events whose users have sent too much, in order, so that nobody's later event passes an earlier one.
    mutating func limit(with limiter: inout UserLimiter, now: Timestamp) {
        var refused: Set<UserKey> = []
        var passed: [Accepted] = []
        passed.reserveCapacity(accepted.count)
        for event in accepted {
            let user = event.event.user
            guard !refused.contains(user), let refusal = limiter.take(user, now: now) else {
                if refused.contains(user) {
                    limit(event, retryAfterSeconds: retryAfterSeconds ?? 1)
                } else {
                    passed.append(event)
                }
                continue
            }
            refused.insert(user)
            limit(event, retryAfterSeconds: refusal.retryAfterSeconds)
        }
        accepted = passed
    }

    private mutating func limit(_ event: Accepted, retryAfterSeconds seconds: Int) {
        limited.append(
            Limited(
                index: event.index,
                eventID: event.event.event.eventID,
                error: EventError(.rateLimited, "this user has sent too many events; send it again in \(seconds) s")
            )
        )
        retryAfterSeconds = min(retryAfterSeconds ?? seconds, seconds)
    }
}
