extension JSONReader {
    struct Number {
        var range: Range<Int>
        var isNegative: Bool
        /// The digits before and behind the point, as one integer; `nil` beyond 19 digits.
        var digits: UInt64?
        /// How many of the digits stand behind the point.
        var fractionDigits: Int
        /// The written exponent; clamped, far beyond what a double holds.
        var exponent: Int
        /// Whether it is written without a point and without an exponent.
        var isInteger: Bool

        /// The value, if it is written as an integer and fits.
        var integer: Int64? {
            guard isInteger, let digits else { return nil }
            if !isNegative { return Int64(exactly: digits) }
            return digits <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- digits) : nil
        }
    }

    /// Checks the number that begins at the position and steps over it.
    mutating func scanNumber() throws(JSONError) -> Number {
        let start = position
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var digits: UInt64? = 0
        let whole = position
        try scanDigits(into: &digits)
        if position - whole > 1, bytes[whole] == UInt8(ascii: "0") {
            throw JSONError(code: .unexpectedByte, offset: whole)
        }
        var isInteger = true
        var fractionDigits = 0
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let fraction = position
            try scanDigits(into: &digits)
            fractionDigits = position - fraction
            isInteger = false
        }
        var exponent = 0
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            isInteger = false
            let isExponentNegative = position < end && bytes[position] == UInt8(ascii: "-")
            if isExponentNegative || (position < end && bytes[position] == UInt8(ascii: "+")) { position += 1 }
            var magnitude: UInt64? = 0
            try scanDigits(into: &magnitude)
            exponent = Int(min(magnitude ?? 100_000, 100_000)) * (isExponentNegative ? -1 : 1)
        }
        return Number(
            range: start..<position,
            isNegative: isNegative,
            digits: digits,
            fractionDigits: fractionDigits,
            exponent: exponent,
            isInteger: isInteger
        )
    }

    /// Steps over at least one digit and appends them to `value`, which becomes `nil` once they no longer fit.
    private mutating func scanDigits(into value: inout UInt64?) throws(JSONError) {
        let start = position
        while position < end {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if let sofar = value {
                let (tens, overflow) = sofar.multipliedReportingOverflow(by: 10)
                let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
                value = overflow || carry ? nil : sum
            }
            position += 1
        }
        guard position > start else { throw failure(.unexpectedByte) }
    }

    /// The double nearest to the number as it is written.
    func double(of number: Number) throws(JSONError) -> Double {
        let exponent = number.exponent - number.fractionDigits
        // Both factors are exact doubles, so one rounding gives the nearest.
        if let digits = number.digits, digits <= 1 << 53, (-22...22).contains(exponent) {
            let scale = powersOfTen[abs(exponent)]
            let magnitude = exponent < 0 ? Double(digits) / scale : Double(digits) * scale
            return number.isNegative ? -magnitude : magnitude
        }
        guard let value = Double(String(decoding: bytes[number.range], as: UTF8.self)), value.isFinite else {
            throw JSONError(code: .numberOutOfRange, offset: number.range.lowerBound)
        }
        return value
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
