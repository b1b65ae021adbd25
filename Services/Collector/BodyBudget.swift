import NIOConcurrencyHelpers

/// Bounds the bytes of all bodies that are held at the same time, from the first byte read to the delivery report.
final class BodyBudget: Sendable {
    let limit: Int
    private let held = NIOLockedValueBox(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes `bytes` if there is room for them.
    func reserve(_ bytes: Int) -> Bool {
        held.withLockedValue { held in
            guard held + bytes <= limit else { return false }
            held += bytes
            return true
        }
    }

    /// Gives back what was taken.
    func release(_ bytes: Int) {
        held.withLockedValue { $0 -= bytes }
    }

    /// The bytes taken now.
    var heldBytes: Int { held.withLockedValue { $0 } }
}
