import Events
import NIOConcurrencyHelpers

/// Who was scored lately, per partition: they get new lists when there is a new model.
///
/// Bounded; the latest stay.
final class ActiveUsers: Sendable {
    fileprivate struct State {
        var order: [Int32: [UserKey: UInt64]] = [:]
        var clock: UInt64 = 0
        var count = 0
    }

    private let limit: Int
    private let state = NIOLockedValueBox(State())

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func note(_ users: [UserKey], partition: Int32) {
        let limit = limit
        state.withLockedValue { state in
            for user in users {
                state.clock += 1
                if state.order[partition, default: [:]].updateValue(state.clock, forKey: user) == nil {
                    state.count += 1
                }
            }
            if state.count > limit { state.shrink(to: limit - limit / 10) }
        }
    }

    /// A partition that was taken away is another member's business.
    func forget(partition: Int32) {
        state.withLockedValue { state in state.count -= state.order.removeValue(forKey: partition)?.count ?? 0 }
    }

    /// Everybody, the latest first.
    var all: [UserKey] {
        state.withLockedValue { state in
            state.order.values.flatMap { $0 }.sorted { $0.value > $1.value }.map(\.key)
        }
    }
}

extension ActiveUsers.State {
    /// Drops the oldest, a tenth at a time, so that not every note has to sort.
    fileprivate mutating func shrink(to count: Int) {
        let ages = order.values.flatMap(\.values).sorted(by: >)
        guard count < ages.count, count > 0 else { return }
        let oldest = ages[count - 1]
        for partition in order.keys { order[partition] = order[partition]?.filter { $0.value >= oldest } }
        self.count = order.values.reduce(0) { $0 + $1.count }
    }
}
