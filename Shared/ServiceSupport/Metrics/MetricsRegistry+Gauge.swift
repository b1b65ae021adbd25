extension MetricsRegistry {
    /// A number that rises and falls.
    public final class Gauge: Sendable {
        private let number = AtomicDouble()

        /// Sets the number.
        public func set(_ value: Double) { number.store(value) }

        /// Sets the number.
        public func set(_ value: Int) { number.store(Double(value)) }

        /// Adds `amount`, which may be negative.
        public func add(_ amount: Double) { number.add(amount) }

        /// The number now.
        public var value: Double { number.value }
    }
}
