import Synchronization

/// How much the tasks of a test have done, and whether they shall go on.
final class Progress: Sendable {
    private let done = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)

    var count: Int { done.load(ordering: .relaxed) }
    var isOver: Bool { over.load(ordering: .relaxed) }

    func advance() { done.add(1, ordering: .relaxed) }
    func end() { over.store(true, ordering: .relaxed) }
}
