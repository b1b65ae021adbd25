import Foundation
import Threading

/// Gives memory that a burst of work has left free in the allocator back to the system, once the process is calm.
///
/// glibc keeps what was freed in the middle of its arenas for ever: a service that caught up with a long topic would go on
/// holding several times what it uses.
struct MemoryReturn {
    /// Processor seconds within a period from which the process counts as working.
    private static let workingSeconds = 0.5
    static let period = Duration.seconds(5)

    private var lastProcessorSeconds: Double
    private var hasWorked = false

    init(processorSeconds: Double) {
        lastProcessorSeconds = processorSeconds
    }

    /// Whether the first calm period after working ones has just passed.
    mutating func isDue(processorSeconds: Double) -> Bool {
        defer { lastProcessorSeconds = processorSeconds }
        guard processorSeconds - lastProcessorSeconds < Self.workingSeconds else {
            hasWorked = true
            return false
        }
        defer { hasWorked = false }
        return hasWorked
    }

    /// Looks once per period until the task is cancelled.
    static func run() async {
        // A start counts as work.
        var watch = MemoryReturn(processorSeconds: -workingSeconds)
        while (try? await Task.sleep(for: period)) != nil {
            if watch.isDue(processorSeconds: Double(clock()) / Double(CLOCKS_PER_SEC)) {
                await DedicatedThread.run { trim() }
            }
        }
    }

    /// Calls glibc's `malloc_trim`, which Swift's module of glibc lacks; nothing with another allocator.
    ///
    /// It walks all arenas with their locks held, so it has no place in the pool of tasks.
    private static func trim() {
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
        _ = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
