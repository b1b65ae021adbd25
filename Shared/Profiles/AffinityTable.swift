/// Decayed evidence for and against names of one dimension, such as the categories.
///
/// Forward decay (Cormode et al., ICDE 2009): a signal of strength s at time t adds |s| · 2^((t − L) / h), where L is
/// the profile's landmark. Nothing is multiplied as time passes, so the sums depend on the events, not on the order
/// in which they were folded in, up to rounding.
public struct AffinityTable: Hashable, Sendable {
    /// Evidence in landmark units; both sums only grow between rebases.
    public struct Mass: Hashable, Sendable {
        /// The sum of positive strengths.
        public var liked: Double
        /// The sum of the absolute values of negative strengths.
        public var disliked: Double

        /// Creates a mass.
        public init(liked: Double = 0, disliked: Double = 0) {
            self.liked = liked
            self.disliked = disliked
        }
    }

    /// The mass per name.
    public var masses: [String: Mass]

    /// Creates a table.
    public init(masses: [String: Mass] = [:]) {
        self.masses = masses
    }

    /// Adds a signal of `strength`, already scaled to landmark units by `scale`.
    mutating func add(_ strength: Double, scale: Double, to name: String) {
        if strength >= 0 {
            masses[name, default: Mass()].liked += strength * scale
        } else {
            masses[name, default: Mass()].disliked -= strength * scale
        }
    }

    /// Multiplies every mass by `factor`, a power of two, which is exact.
    mutating func rescale(by factor: Double) {
        for name in masses.keys {
            masses[name]?.liked *= factor
            masses[name]?.disliked *= factor
        }
    }

    /// Keeps the `limit` names with the most evidence; among equals the smaller name in UTF-8 order stays.
    mutating func cap(at limit: Int) {
        // Nearly always one name too many: a look at each is cheaper than an order of all.
        while masses.count > limit {
            let least = masses.min { left, right in
                let (leftTotal, rightTotal) = (
                    left.value.liked + left.value.disliked, right.value.liked + right.value.disliked
                )
                guard leftTotal == rightTotal else { return leftTotal < rightTotal }
                return right.key.utf8.lexicographicallyPrecedes(left.key.utf8)
            }
            guard let least else { return }
            masses[least.key] = nil
        }
    }
}
