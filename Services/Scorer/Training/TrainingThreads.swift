import Dispatch
import Glibc
import Recommenders
import Threading

/// The threads that train: one core stays free for the lists, and everybody else goes first.
enum TrainingThreads {
    /// `setpriority` value: well below the default 0, above the very last 19.
    private static let niceness: Int32 = 10

    /// As many workers as cores less one, at least one; `count` above zero says otherwise.
    static func workers(count: Int) -> Workers {
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)
        return Workers(count: count > 0 ? count : cores) { count, body in
            let others = DispatchGroup()
            for worker in 1..<max(1, count) {
                others.enter()
                DedicatedThread.start {
                    lowerPriority()
                    body(worker)
                    others.leave()
                }
            }
            body(0)
            others.wait()
        }
    }

    /// Makes the calling thread give way to others; on Linux priorities belong to threads.
    static func lowerPriority() {
        #if os(Linux)
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        #endif
    }
}
