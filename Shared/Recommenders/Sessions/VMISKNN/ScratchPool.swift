import Synchronization

/// The working memory of predictions that are not running now.
final class ScratchPool: Sendable {
    private let free = Mutex<[VMISKNNScratch]>([])

    func take() -> VMISKNNScratch { free.withLock { $0.popLast() } ?? VMISKNNScratch() }

    func give(_ scratch: consuming sending VMISKNNScratch) {
        let returned = scratch
        free.withLock { $0.append(returned) }
    }
}
