extension JSONReader {
    struct Text {
        /// Between the quotes.
        var content: Range<Int>
        var hasEscapes: Bool
    }

    /// Checks the string that begins at the position and steps over it.
    mutating func scanString() throws(JSONError) -> Text {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            position = plainEnd(from: position)
            guard position < end else { throw failure(.unexpectedEnd) }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return Text(content: start..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0x80...: try scanSequence()
            default: throw failure(.controlCharacter)
            }
        }
    }

    /// The first byte at or behind `start` that is not plain ASCII text.
    private func plainEnd(from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < end {
                let byte = bytes[index]
                guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
                index += 1
            }
            return index
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        guard position + 1 < end else { throw failure(.unexpectedEnd) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: position) else { throw failure(.invalidEscape) }
            switch unit {
            case 0xd800..<0xdc00:
                guard let low = codeUnit(at: position + 6), (0xdc00..<0xe000).contains(low) else {
                    throw failure(.invalidEscape)
                }
                position += 12
            case 0xdc00..<0xe000: throw failure(.invalidEscape)
            default: position += 6
            }
        default: throw failure(.invalidEscape)
        }
    }

    /// The UTF-16 code unit of the escape `\uXXXX` at `index`.
    private func codeUnit(at index: Int) -> UInt32? {
        guard index + 6 <= end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            let digit: UInt8
            switch bytes[index + offset] {
            case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): digit = byte - 0x30
            case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte): digit = byte - 0x61 + 10
            case let byte where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte): digit = byte - 0x41 + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Checks one multi-byte UTF-8 sequence: no overlong form, no surrogate, nothing beyond U+10FFFF.
    private mutating func scanSequence() throws(JSONError) {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[position] {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: throw failure(.invalidUTF8)
        }
        guard position + length <= end, second.contains(bytes[position + 1]) else { throw failure(.invalidUTF8) }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xc0 != 0x80 {
            throw failure(.invalidUTF8)
        }
        position += length
    }

    /// The UTF-8 of checked content that has escapes.
    func unescape(_ content: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var index = content.lowerBound
        while index < content.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = codeUnit(at: index) ?? 0xfffd
                if (0xd800..<0xdc00).contains(scalar), let low = codeUnit(at: index + 6) {
                    scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
                    index += 6
                }
                result.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
                index += 4
            case let byte: result.append(byte)
            }
            index += 2
        }
        return result
    }
}
