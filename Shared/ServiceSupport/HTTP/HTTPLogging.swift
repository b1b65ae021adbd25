public import Logging

/// How loud the HTTP server itself may be.
public enum HTTPLogging {
    /// The logger with a level of at least `notice`: the server's own start lines say nothing that we do not.
    public static func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return quiet
    }
}
