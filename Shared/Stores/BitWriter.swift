import Events

/// Appends values of few bits, the highest bit first, to be put behind a value's bytes.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    /// Bits of the last byte that hold nothing yet.
    private var free = 0

    /// Appends the lowest `width` bits of `value`.
    mutating func write(_ value: UInt64, width: Int) {
        var open = width
        while open > 0 {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            let taken = min(open, free)
            let part = value >> UInt64(open - taken) & ((1 << UInt64(taken)) - 1)
            bytes[bytes.count - 1] |= UInt8(truncatingIfNeeded: part << UInt64(free - taken))
            free -= taken
            open -= taken
        }
    }

    /// Appends a number in the Exp-Golomb code of `order` 1 or more: those below 2^order take order + 1 bits.
    mutating func write(golomb value: UInt64, order: Int) {
        let quotient = (value >> UInt64(order)) + 1
        let length = UInt64.bitWidth - quotient.leadingZeroBitCount
        write(0, width: length - 1)
        write(quotient, width: length)
        write(value, width: order)
    }

    /// How many bits ``write(golomb:order:)`` takes.
    static func golombWidth(_ value: UInt64, order: Int) -> Int {
        2 * (UInt64.bitWidth - ((value >> UInt64(order)) + 1).leadingZeroBitCount) - 1 + order
    }

    /// The bits that tell `count` different values apart.
    static func width(of count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}

/// Reads what ``BitWriter`` wrote.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    mutating func read(width: Int) throws(BinaryReader.Failure) -> UInt64 {
        guard width <= 64, position + width <= bytes.count * 8 else { throw .truncated }
        var value: UInt64 = 0
        var open = width
        while open > 0 {
            let left = 8 - (position & 7)
            let taken = min(open, left)
            let part = UInt64(bytes[position >> 3]) >> UInt64(left - taken) & ((1 << UInt64(taken)) - 1)
            value = (value << UInt64(taken)) | part
            position += taken
            open -= taken
        }
        return value
    }

    mutating func readGolomb(order: Int) throws(BinaryReader.Failure) -> UInt64 {
        var zeros = 0
        while try read(width: 1) == 0 { zeros += 1 }
        guard zeros + order < 64 else { throw .invalid }
        let quotient = (1 << UInt64(zeros)) | (try read(width: zeros))
        return ((quotient - 1) << UInt64(order)) | (try read(width: order))
    }

    /// Makes sure that only the rest of the last byte is left, and that it is empty.
    mutating func finish() throws(BinaryReader.Failure) {
        let rest = bytes.count * 8 - position
        guard rest < 8, try read(width: rest) == 0 else { throw .invalid }
    }
}
