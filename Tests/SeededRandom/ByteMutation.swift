extension [UInt8] {
    /// Changes, removes, inserts or repeats one byte.
    public mutating func mutate(using generator: inout some RandomNumberGenerator) {
        guard !isEmpty else { return }
        let index = Int.random(in: indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: self[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: remove(at: index)
        case 2: insert(UInt8.random(in: 0x20..<0x80, using: &generator), at: index)
        default: insert(self[Int.random(in: indices, using: &generator)], at: index)
        }
    }
}
