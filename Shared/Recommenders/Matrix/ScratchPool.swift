import Synchronization

/// The working memory of predictions that are not running now.
///
/// Any two are equal: what is in them decides nothing.
final class ScratchPool<Scratch: Sendable>: Sendable, Hashable {
    private let free = Mutex<[Scratch]>([])

    func take() -> Scratch? { free.withLock { $0.popLast() } }

    func give(_ scratch: Scratch) { free.withLock { $0.append(scratch) } }

    static func == (left: ScratchPool, right: ScratchPool) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
