/// Runs tasks one after the other on a thread of its own, such as one of lower priority.
///
/// For work behind that of others: with `withTaskExecutorPreference(_:)` all that a task computes, its child tasks included,
/// stays off the cooperative pool, whose few threads are for those who wait for an answer. What waits for such a task waits
/// for its priority as well. The thread ends when nobody holds the executor any more.
public final class ThreadExecutor: TaskExecutor {
    private struct Work: Sendable {
        let job: UnownedJob
        let executor: ThreadExecutor
    }

    private let queue = WorkQueue<Work>()

    /// Starts the thread, which calls `prepare` first.
    public init(prepare: @escaping @Sendable () -> Void = {}) {
        DedicatedThread.start { [queue] in
            prepare()
            while let work = queue.takeAll() {
                for work in work { work.job.runSynchronously(on: work.executor.asUnownedTaskExecutor()) }
            }
        }
    }

    deinit {
        queue.close()
    }

    /// Queues a piece of a task behind what is there.
    public func enqueue(_ job: consuming ExecutorJob) {
        _ = queue.append(Work(job: UnownedJob(job), executor: self))
    }
}
