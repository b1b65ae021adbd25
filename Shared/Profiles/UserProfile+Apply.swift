import Foundation
public import Events

extension UserProfile {
    /// How many half-lives the landmark may lie behind before the masses are brought back into range.
    private static let rebaseAfterHalfLives = 256.0

    /// Folds in one activity: a pure function of profile, activity and policy.
    public mutating func apply(_ activity: Activity, policy: ProfilePolicy) {
        let time = activity.effectiveTime
        revision += 1
        firstSeen = min(firstSeen, time)
        lastSeen = max(lastSeen, time)
        counters[activity.event.type, default: 0] += 1
        count(activity.session)
        count(purchase: activity.event, at: time)
        guard let strength = policy.weights.strength(of: activity.event) else { return }
        if let facts = activity.item { addAffinities(strength, facts: facts, at: time, policy: policy) }
        if let itemID = activity.event.itemID {
            let type = activity.event.type
            let signal = ItemSignal(
                type: type,
                strength: strength,
                lastTime: time,
                isConsumed: policy.weights.consuming.contains(type),
                isRejected: policy.weights.rejecting.contains(type)
            )
            if items[itemID]?.merge(signal) == nil { items[itemID] = signal }
            oldestItems.note(itemID, at: items[itemID]?.lastTime ?? time, of: items)
            while items.count > policy.maximumItems { oldestItems.removeOldest(from: &items) }
        }
    }

    private mutating func count(_ session: Activity.Session) {
        guard session.start > latestSession else { return }
        sessions += 1
        latestSession = session.start
    }

    private mutating func count(purchase event: Event, at time: Timestamp) {
        guard event.type == .purchase else { return }
        // Two of the largest doubles would add up to infinity, which no JSON can say.
        purchaseValue = min(purchaseValue + (event.value ?? 0), .greatestFiniteMagnitude)
        lastPurchase = max(lastPurchase ?? time, time)
    }

    private mutating func addAffinities(
        _ strength: Double,
        facts: Activity.ItemFacts,
        at time: Timestamp,
        policy: ProfilePolicy
    ) {
        rebase(to: time, policy: policy)
        let scale = policy.scale(at: time, relativeTo: landmark)
        for name in facts.categories { categories.add(strength, scale: scale, to: name) }
        for name in facts.tags { tags.add(strength, scale: scale, to: name) }
        if let creator = facts.creator { creators.add(strength, scale: scale, to: creator) }
        categories.cap(at: policy.maximumAffinities)
        tags.cap(at: policy.maximumAffinities)
        creators.cap(at: policy.maximumAffinities)
    }

    /// Moves the landmark by whole half-lives when `time` is far ahead of it, so that no mass overflows.
    ///
    /// Masses are multiplied by a power of two: exact, unless they have decayed to nothing.
    private mutating func rebase(to time: Timestamp, policy: ProfilePolicy) {
        let behind = Double(time.milliseconds - landmark.milliseconds) / policy.halfLifeMilliseconds
        guard behind > Self.rebaseAfterHalfLives else { return }
        let halfLives = behind.rounded(.down)
        // The landmark has whole milliseconds; take the factor from where it really lands.
        let moved = (halfLives * policy.halfLifeMilliseconds).rounded()
        landmark = Timestamp(milliseconds: landmark.milliseconds + Int64(moved))
        let factor = exp2(-moved / policy.halfLifeMilliseconds)
        categories.rescale(by: factor)
        tags.rescale(by: factor)
        creators.rescale(by: factor)
    }
}
