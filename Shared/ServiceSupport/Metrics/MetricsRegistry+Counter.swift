extension MetricsRegistry {
    /// A number that only grows.
    public final class Counter: Sendable {
        private let total = AtomicDouble()

        /// Adds `amount`, which is not negative.
        public func increment(by amount: Int = 1) {
            if amount > 0 { total.add(Double(amount)) }
        }

        /// Adds `amount` (seconds, bytes), which is not negative.
        public func increment(by amount: Double) {
            if amount > 0 { total.add(amount) }
        }

        /// Takes over a total that something else counts, for example librdkafka or the kernel.
        public func set(toTotal value: Double) { total.store(value) }

        /// The total so far.
        public var value: Double { total.value }
    }
}
