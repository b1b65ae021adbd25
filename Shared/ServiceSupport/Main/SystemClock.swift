public import Events
import Foundation

extension Timestamp {
    /// The system's clock: only services look at it, the domain is told what time it is.
    public static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date.now.timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
