import Foundation
import JSON
import SeededRandom
import Testing

@Suite struct JSONWriterTests {
    private func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `commas stand between members and nowhere else`() {
        let result = text { json in
            json.beginObject()
            json.field("a", 1)
            json.field("absent", String?.none)
            json.key("b")
            json.beginArray()
            json.beginObject()
            json.endObject()
            json.writeNull()
            json.write(true)
            json.write("x")
            json.endArray()
            json.field("c", raw: Array("{\"d\":0}".utf8))
            json.field("e", [String]())
            json.endObject()
        }
        #expect(result == #"{"a":1,"b":[{},null,true,"x"],"c":{"d":0}}"#)
    }

    @Test func `only what must be escaped is`() {
        #expect(text { $0.write("a\"\\/\n\r\t\u{1}\u{1f}\u{7f}é😀") } == #""a\"\\/\n\r\t\u0001\u001f"# + "\u{7f}é😀\"")
    }

    @Test func `every string reads back as it was, here and in Foundation`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...20, using: &generator)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...0x10ffff, using: &generator) >> UInt32.random(in: 0...20, using: &generator)
                )
            }
            let value = String(String.UnicodeScalarView(scalars))
            var json = JSONWriter()
            json.write(value)
            var reader = JSONReader(json.bytes)
            #expect(try reader.readString().utf8.elementsEqual(value.utf8))
            let other = try JSONSerialization.jsonObject(with: Data(json.bytes), options: .fragmentsAllowed) as? String
            #expect(other == value)
        }
    }

    @Test func `every double reads back bit for bit`() throws {
        var generator = SeededGenerator(seed: 5)
        var values: [Double] = [
            0, -0.0, 1, -1, 0.1, 1e21, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0x1p53, 1e-300,
        ]
        for _ in 0..<20_000 {
            let value = Double(bitPattern: .random(in: .min ... .max, using: &generator))
            if value.isFinite { values.append(value) }
            values.append(Double(Int64.random(in: -100_000...100_000, using: &generator)) / 100)
        }
        for value in values {
            var json = JSONWriter()
            json.write(value)
            var reader = JSONReader(json.bytes)
            #expect(try reader.readDouble().bitPattern == value.bitPattern)
            try reader.finish()
        }
    }

    @Test func `integers are written in full, and what is no number as null`() {
        #expect(text { $0.write(Int64.min) } == "-9223372036854775808")
        #expect(text { $0.write(4.0) } == "4")
        #expect(text { $0.write(Double.nan) } == "null")
        #expect(text { $0.write(-Double.infinity) } == "null")
    }
}
