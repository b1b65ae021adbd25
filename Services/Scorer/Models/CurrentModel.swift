import NIOConcurrencyHelpers
import Scoring

/// The model that this process serves; replaced as a whole, read by everybody.
final class CurrentModel: Sendable {
    private let box = NIOLockedValueBox<ModelBundle?>(nil)

    /// The newest model, `nil` before there is any.
    var value: ModelBundle? { box.withLockedValue { $0 } }

    /// Takes `model` unless a newer one is there already; tells whether it did.
    @discardableResult
    func replace(with model: ModelBundle) -> Bool {
        box.withLockedValue { current in
            guard model.version > current?.version ?? 0 else { return false }
            current = model
            return true
        }
    }
}
