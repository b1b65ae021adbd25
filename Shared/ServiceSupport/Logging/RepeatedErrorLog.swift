public import Logging
import NIOConcurrencyHelpers

/// Logs a failure that repeats at most once per interval, with the number left out since.
///
/// One per place in the code. It is safe to call from any thread.
public final class RepeatedErrorLog: Sendable {
    private struct State {
        var next: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let logger: Logger
    private let interval: Duration
    private let state = NIOLockedValueBox(State())

    /// Creates a gate that lets one line through per `interval`.
    public init(_ logger: Logger, interval: Duration = .seconds(10)) {
        self.logger = logger
        self.interval = interval
    }

    /// Logs `message`, or only counts it when the last line is younger than the interval.
    public func log(
        level: Logger.Level = .warning,
        _ message: Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        let now = ContinuousClock.now
        let suppressed: Int? = state.withLockedValue { state in
            if let next = state.next, now < next {
                state.suppressed += 1
                return nil
            }
            defer { state = State(next: now + interval) }
            return state.suppressed
        }
        guard let suppressed else { return }
        var values = metadata()
        if suppressed > 0 { values["repeated"] = "\(suppressed)" }
        logger.log(level: level, message, metadata: values)
    }
}
