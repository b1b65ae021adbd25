import Testing

@testable import Collector

@Suite struct BodyFormatTests {
    @Test(
        arguments: [
            (nil, nil, BodyFormat.Syntax.json, false), ("application/json", nil, .json, false),
            ("application/json; charset=UTF-8", "identity", .json, false),
            ("text/plain;charset=UTF-8", nil, .json, false),
            ("Application/X-NDJSON", "GZIP", .lines, true), ("application/ndjson ", " gzip", .lines, true),
        ] as [(String?, String?, BodyFormat.Syntax, Bool)]
    )
    func `headers say how to read a body`(
        type: String?,
        encoding: String?,
        syntax: BodyFormat.Syntax,
        isCompressed: Bool
    ) throws {
        let format = try BodyFormat(contentType: type, contentEncoding: encoding)
        #expect(format.syntax == syntax)
        #expect(format.isCompressed == isCompressed)
    }

    @Test(
        arguments: [
            ("application/xml", nil), ("", nil), ("application/json; charset=latin1", nil), ("application/json", "br"),
            ("application/json", "gzip, gzip"), ("multipart/form-data", nil),
        ] as [(String, String?)]
    )
    func `what is not supported is answered with 415`(type: String, encoding: String?) {
        let problem = #expect(throws: (any Error).self) { try BodyFormat(contentType: type, contentEncoding: encoding) }
        #expect("\(String(describing: problem))".contains("415"))
    }
}
