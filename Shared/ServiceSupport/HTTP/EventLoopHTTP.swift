public import HummingbirdCore
import Logging
import NIOCore

extension HTTPServerBuilder {
    /// An HTTP/1.1 server whose handlers run on the event loop of their connection.
    ///
    /// Without it each request goes from the event loop to the pool of tasks and back, and waking threads costs more than
    /// a short handler does. In return a handler must not compute for long: it keeps the loop's other connections waiting.
    public static func http1OnEventLoops(idleTimeout: Duration? = nil) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let idleTimeout = idleTimeout.map { TimeAmount($0) }
            let channel = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout))
            return EventLoopChannel(base: channel)
        }
    }
}

/// Handles each connection as `base` does, with the connection's event loop as the executor of its tasks.
private struct EventLoopChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
