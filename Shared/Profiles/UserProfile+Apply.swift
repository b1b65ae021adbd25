import Foundation
public import Events

extension UserProfile {
    /// How many half-lives the landmark may lie behind before the masses are brought back into range.
    private static let rebaseAfterHalfLives = 256.0

    /// Folds in one activity: a pure function of profile, activity and policy.
    public mutating func apply(_ activity: Activity, policy: ProfilePolicy) {
        apply(ActivityFacts(activity), policy: policy)
    }

    /// Folds in what matters of one activity: a pure function of profile, activity and policy.
    public mutating func apply(_ activity: ActivityFacts, policy: ProfilePolicy) {
        let time = activity.effectiveTime
        revision += 1
        firstSeen = min(firstSeen, time)
        lastSeen = max(lastSeen, time)
        counters[activity.type, default: 0] += 1
        count(sessionFrom: activity.sessionStart)
        if activity.type == .purchase { count(purchaseOf: activity.value, at: time) }
        if let declared = DeclaredPreferences(activity) { add(declared, at: time, policy: policy) }
        guard let strength = policy.weights.strength(of: activity.type, value: activity.value) else { return }
        if let facts = activity.item { addAffinities(strength, facts: facts, at: time, policy: policy) }
        if let itemID = activity.itemID {
            let signal = ItemSignal(
                type: activity.type,
                strength: strength,
                lastTime: time,
                isConsumed: policy.weights.consuming.contains(activity.type),
                isRejected: policy.weights.rejecting.contains(activity.type)
            )
            note(signal, for: itemID, policy: policy)
        }
    }

    private mutating func note(_ signal: ItemSignal, for itemID: String, policy: ProfilePolicy) {
        let lastTime: Timestamp
        if let known = items.index(forKey: itemID) {
            items.values[known].merge(signal)
            lastTime = items.values[known].lastTime
        } else {
            items[itemID] = signal
            lastTime = signal.lastTime
        }
        oldestItems.note(itemID, at: lastTime, of: items)
        while items.count > policy.maximumItems { oldestItems.removeOldest(from: &items) }
    }

    private mutating func count(sessionFrom start: Timestamp) {
        guard start > latestSession else { return }
        sessions += 1
        latestSession = start
    }

    private mutating func count(purchaseOf value: Double?, at time: Timestamp) {
        // Two of the largest doubles would add up to infinity, which no JSON can say.
        purchaseValue = min(purchaseValue + (value ?? 0), .greatestFiniteMagnitude)
        lastPurchase = max(lastPurchase ?? time, time)
    }

    private mutating func add(_ declared: DeclaredPreferences, at time: Timestamp, policy: ProfilePolicy) {
        rebase(to: time, policy: policy)
        let scale = policy.scale(at: time, relativeTo: landmark)
        let strength = DeclaredPreferences.strength
        for (names, sign) in [(declared.liked, strength), (declared.disliked, -strength)] {
            for name in names.categories { categories.add(sign, scale: scale, to: name) }
            for name in names.tags { tags.add(sign, scale: scale, to: name) }
            for name in names.creators { creators.add(sign, scale: scale, to: name) }
        }
        categories.cap(at: policy.maximumAffinities)
        tags.cap(at: policy.maximumAffinities)
        creators.cap(at: policy.maximumAffinities)
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
