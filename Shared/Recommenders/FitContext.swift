/// How a model is fitted: seed, threads, a way to stop it and to watch it.
public struct FitContext: Sendable {
    /// Where random numbers start; the same seed and data give the same model, whatever ``workers``.
    public var seed: UInt64
    /// Which threads do the work.
    public var workers: Workers
    /// Asked often; once it answers `true`, the fit ends with the error `cancelled`.
    public var isCancelled: @Sendable () -> Bool
    /// Told the finished share, from 0 to 1, now and then.
    public var progress: @Sendable (Double) -> Void

    /// Creates a context; by default one thread, cancelled with the task that it runs in.
    public init(
        seed: UInt64 = 42,
        workers: Workers = .serial,
        isCancelled: @escaping @Sendable () -> Bool = { Task.isCancelled },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.seed = seed
        self.workers = workers
        self.isCancelled = isCancelled
        self.progress = progress
    }

    func checkCancellation() throws(RecommenderError) {
        if isCancelled() { throw RecommenderError(.cancelled, "the fit was cancelled") }
    }
}
