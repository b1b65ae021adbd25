import NIOConcurrencyHelpers

/// Whether this instance trains: it does while it holds partition 0 of `profiles.updated`.
final class TrainerRole: Sendable {
    /// The partition that carries the role.
    static let partition: Int32 = 0

    private struct State {
        var holders = 0
        var isCancelled = false
        var waiting: (isHeld: Bool, continuation: CheckedContinuation<Void, Never>)?

        mutating func waiterToResume() -> CheckedContinuation<Void, Never>? {
            guard let waiting, isCancelled || waiting.isHeld == (holders > 0) else { return nil }
            self.waiting = nil
            return waiting.continuation
        }
    }

    private let state = NIOLockedValueBox(State())

    /// Whether this instance trains now.
    var isHeld: Bool { state.withLockedValue { $0.holders > 0 } }

    /// The partition was assigned.
    func take() { change { $0.holders += 1 } }

    /// The partition was taken away.
    func release() { change { $0.holders -= 1 } }

    /// Waits until the role is held, or is not; returns at once, and from then on always, when the task is cancelled.
    ///
    /// One task waits.
    func wait(untilHeld isHeld: Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.waiting = (isHeld, continuation) }
            }
        } onCancel: {
            change { $0.isCancelled = true }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLockedValue { state in
            body(&state)
            return state.waiterToResume()
        }
        waiter?.resume()
    }
}
