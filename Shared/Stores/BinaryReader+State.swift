import Events

/// Readers of numbers that states go on calculating with: what would overflow or spread is refused where it is read.
extension BinaryReader {
    /// Reads how often something has happened; at most 2^53, so that counting on cannot overflow.
    mutating func readTally() throws(Failure) -> Int {
        let count = try readCount()
        guard count <= 1 << 53 else { throw .invalid }
        return count
    }

    /// Reads a double that is neither infinite nor not a number.
    mutating func readFinite() throws(Failure) -> Double {
        let value = try readDouble()
        guard value.isFinite else { throw .invalid }
        return value
    }

    /// Reads a moment that can be written.
    mutating func readTime() throws(Failure) -> Timestamp {
        try checked(Timestamp(milliseconds: try readZigzag()))
    }

    /// Reads a moment as its distance after `time`.
    mutating func readTime(after time: Timestamp) throws(Failure) -> Timestamp {
        try checked(Timestamp(milliseconds: time.milliseconds &+ (try readZigzag())))
    }

    /// Reads a moment as its distance before `time`.
    mutating func readTime(before time: Timestamp) throws(Failure) -> Timestamp {
        try checked(Timestamp(milliseconds: time.milliseconds &- (try readZigzag())))
    }

    private func checked(_ time: Timestamp) throws(Failure) -> Timestamp {
        guard time.isWritable else { throw .invalid }
        return time
    }
}
