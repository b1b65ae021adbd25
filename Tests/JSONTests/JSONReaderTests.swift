import JSON
import Testing

@Suite struct JSONReaderTests {
    @Test func `an object is read field by field, in any layout`() throws {
        var reader = JSONReader(
            Array(" { \"a\" : 1 ,\n\"b\":[true,false , null],\"c\":{\"d\":\"e\"}, \"f\":-2.5e1 } ".utf8)
        )
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        #expect(try reader.readInteger() == 1)
        #expect(try reader.nextKey() == "b")
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readBool())
        #expect(try reader.nextElement())
        #expect(try !reader.readBool())
        #expect(try reader.nextElement())
        #expect(try reader.readNull())
        #expect(try !reader.nextElement())
        #expect(try reader.nextKey() == "c")
        #expect(try reader.readRaw() == Array("{\"d\":\"e\"}".utf8))
        #expect(try reader.nextKey() == "f")
        #expect(try reader.readDouble() == -25)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test(arguments: [
        (#""\u00e9\ud83d\ude00\n\t\"\\\/\b\f\r\u0000""#, "é😀\n\t\"\\/\u{8}\u{c}\r\0"), (#""plain""#, "plain"),
        ("\"é😀\u{2028}\"", "é😀\u{2028}"), (#""""#, ""), (#""\uD834\uDD1E""#, "𝄞"), (#""\uffff""#, "\u{ffff}"),
    ])
    func `strings are unescaped`(text: String, expected: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.readString() == expected)
        try reader.finish()
    }

    @Test(arguments: [
        "0", "-0", "0.1", "1e5", "1E-5", "1e+22", "1e23", "9007199254740993", "123456789012345678901234567890",
        "5e-324",
        "1.7976931348623157e308", "2.2250738585072011e-308", "0.30000000000000004", "-1.5e-7", "1e-400",
        "100000000000000016777215", "8.41e21", "9.5e-21", "4.35", "0.000001",
    ])
    func `doubles are the nearest to what is written`(text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.readDouble().bitPattern == Double(text)?.bitPattern)
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("1.0", 1), ("1e3", 1000), ("-0", 0),
        ("9007199254740993", 9_007_199_254_740_993),
    ])
    func `integers are exact`(text: String, expected: Int64) throws {
        var reader = JSONReader(Array(text.utf8))
        #expect(try reader.readInteger() == expected)
    }

    @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.5", "1e19", "1e400", "18446744073709551616"])
    func `what is no 64-bit integer is out of range`(text: String) {
        #expect(throws: JSONError(code: .numberOutOfRange, offset: 0)) {
            var reader = JSONReader(Array(text.utf8))
            return try reader.readInteger()
        }
    }

    @Test func `a double too large is an error, not infinity`() {
        #expect(throws: JSONError(code: .numberOutOfRange, offset: 0)) {
            var reader = JSONReader(Array("1e400".utf8))
            return try reader.readDouble()
        }
    }

    @Test func `the nesting is bounded`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        var reader = JSONReader(nested(64))
        try reader.skipValue()
        #expect(throws: JSONError(code: .tooDeep, offset: 64)) {
            var reader = JSONReader(nested(65))
            try reader.skipValue()
        }
        var deep = JSONReader(nested(100_000))
        #expect(throws: JSONError.self) { try deep.skipValue() }
    }

    @Test func `a part of the bytes can be read as if it were all`() throws {
        let bytes = Array("[1,\"x\"]".utf8)
        var reader = JSONReader(bytes, in: 3..<6)
        #expect(try reader.readString() == "x")
        try reader.finish()
        var cut = JSONReader(bytes, in: 3..<5)
        #expect(throws: JSONError(code: .unexpectedEnd, offset: 5)) { try cut.skipValue() }
    }

    @Test func `asking for the wrong type is an error of its own`() {
        #expect(throws: JSONError(code: .wrongType, offset: 1)) {
            var reader = JSONReader(Array(" 1".utf8))
            return try reader.readString()
        }
    }

    @Test func `fields name themselves in errors, and stand once`() throws {
        func read(_ text: String) throws(JSONError) -> String? {
            var reader = JSONReader(Array(text.utf8))
            var name: String?
            try reader.readFields { (reader, key) throws(JSONError) in
                guard key == "name" else { return false }
                name = try reader.text("name")
                return true
            }
            try reader.finish()
            return name
        }
        #expect(try read(#"{"x":1,"name":"n","x":[{}]}"#) == "n")
        #expect(try read(#"{"name":null}"#) == nil)
        #expect(throws: JSONError(code: .wrongType, offset: 8, field: "name")) { try read(#"{"name":1}"#) }
        #expect(throws: JSONError(code: .duplicateField, offset: 22, field: "name")) {
            try read(#"{"name":"a","name":"b"}"#)
        }
    }
}
