import Synchronization

/// The working memory of predictions that are not running now.
final class ScratchPool<Scratch: Sendable>: Sendable {
    private let free = Mutex<[Scratch]>([])

    func take() -> Scratch? { free.withLock { $0.popLast() } }

    func give(_ scratch: Scratch) { free.withLock { $0.append(scratch) } }
}
