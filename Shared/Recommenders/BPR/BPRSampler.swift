/// Draws triples: an interaction, and an item that its user has none with, uniformly.
struct BPRSampler: Sendable {
    private let matrix: InteractionMatrix
    /// The interactions, or the users, that can be drawn: those of users who do not have every item.
    private let entries: [Int32]
    private let isByUser: Bool
    /// The user of each interaction.
    private let owners: [Int32]
    private var random: RandomSource

    init(_ matrix: InteractionMatrix, sampling: BPRParameters.Sampling, seed: UInt64) {
        self.matrix = matrix
        isByUser = sampling == .users
        random = RandomSource(seed: seed)
        var owners: [Int32] = []
        var entries: [Int32] = []
        owners.reserveCapacity(matrix.entryCount)
        for user in 0..<matrix.userCount {
            let range = matrix.byUser.range(of: user)
            owners.append(contentsOf: repeatElement(Int32(user), count: range.count))
            guard !range.isEmpty, range.count < matrix.itemCount else { continue }
            if isByUser {
                entries.append(Int32(user))
            } else {
                entries.append(contentsOf: range.map { Int32(truncatingIfNeeded: $0) })
            }
        }
        self.owners = owners
        self.entries = entries
    }

    /// How many draws make an epoch; zero when every user has every item.
    var epochSize: Int { entries.count }

    mutating func next() -> BPRTriple {
        let drawn = Int(entries[random.below(entries.count)])
        let user = isByUser ? drawn : Int(owners[drawn])
        let range = matrix.byUser.range(of: user)
        let entry = isByUser ? range.lowerBound + random.below(range.count) : drawn
        var other = random.below(matrix.itemCount)
        while matrix.byUser.contains(other, in: range) { other = random.below(matrix.itemCount) }
        return BPRTriple(user: user, chosen: Int(matrix.byUser.columns[entry]), other: other)
    }
}

extension RandomSource {
    /// A number from zero to below `bound`, which must be positive and below 2³².
    fileprivate mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(bound)) >> 32)
    }
}

extension SparseRows {
    /// Whether the ascending columns of `range` hold `column`.
    fileprivate func contains(_ column: Int, in range: Range<Int>) -> Bool {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if columns[middle] < Int32(truncatingIfNeeded: column) { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && columns[low] == Int32(truncatingIfNeeded: column)
    }
}
