import Events

/// Finds the item that was touched longest ago without looking at all of them.
///
/// A heap beside a full profile's items, built when the first one has to go; never part of the profile's value, so
/// profiles with and without it are equal. It may hold touches that later ones have overtaken.
struct OldestItems: Sendable {
    private struct Touch {
        var time: Timestamp
        var id: String

        /// Whether this one goes before `other`: earlier, or the larger id among equals.
        func goes(before other: Touch) -> Bool {
            guard time == other.time else { return time < other.time }
            return other.id.utf8.lexicographicallyPrecedes(id.utf8)
        }
    }

    private var heap: [Touch] = []

    /// Notes that an item was touched.
    mutating func note(_ id: String, at time: Timestamp, of items: [String: ItemSignal]) {
        guard !heap.isEmpty else { return }
        // Mostly overtaken touches: the next removal builds it anew.
        guard heap.count < 2 * items.count + 64 else {
            heap = []
            return
        }
        push(Touch(time: time, id: id))
    }

    /// Removes the item touched longest ago, the larger id first among equals.
    mutating func removeOldest(from items: inout [String: ItemSignal]) {
        while !items.isEmpty {
            if heap.isEmpty {
                heap = items.map { Touch(time: $0.value.lastTime, id: $0.key) }.sorted { $0.goes(before: $1) }
            }
            let oldest = pop()
            guard items[oldest.id]?.lastTime == oldest.time else { continue }
            items[oldest.id] = nil
            return
        }
    }

    private mutating func push(_ touch: Touch) {
        heap.append(touch)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].goes(before: heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> Touch {
        heap.swapAt(0, heap.count - 1)
        let top = heap.removeLast()
        var parent = 0
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].goes(before: heap[first]) {
                first = child
            }
            guard first != parent else { return top }
            heap.swapAt(parent, first)
            parent = first
        }
    }
}

extension OldestItems: Hashable {
    static func == (_: Self, _: Self) -> Bool { true }
    func hash(into _: inout Hasher) {}
}
