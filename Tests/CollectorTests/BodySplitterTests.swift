import Testing

@testable import Collector

@Suite struct BodySplitterTests {
    private func split(_ text: String, _ syntax: BodyFormat.Syntax = .json, limit: Int = 10) throws -> [String] {
        let body = Array(text.utf8)
        return try BodySplitter.split(body, as: syntax, limit: limit).map { String(decoding: body[$0], as: UTF8.self) }
    }

    @Test func `a body is one event or an array of them`() throws {
        #expect(try split(" {\"a\":[1]} ") == ["{\"a\":[1]}"])
        #expect(try split("[{\"a\":1}, 2 ,\"x\", [] ]") == ["{\"a\":1}", "2", "\"x\"", "[]"])
        #expect(try split("[]") == [])
    }

    @Test func `lines are cut, not read, and blank ones do not count`() throws {
        #expect(try split("{}\r\n\n  \n{\"a\":\nx", .lines) == ["{}\r", "{\"a\":", "x"])
        #expect(try split("", .lines) == [])
    }

    @Test(arguments: ["", " ", "1", "null", "\"x\"", "[{}", "{} {}", "[1,]", "{\"a\":\u{1}}", "<html>", "[{}]x"])
    func `what is not JSON as a whole has no events`(text: String) {
        #expect(throws: BodySplitter.Failure.self) { try split(text) }
    }

    @Test func `the number of events is bounded`() {
        #expect(throws: Never.self) { try split("[1,2]", limit: 2) }
        #expect(throws: BodySplitter.Failure.tooManyEvents) { try split("[1,2,3]", limit: 2) }
        #expect(throws: BodySplitter.Failure.tooManyEvents) { try split("1\n2\n3", .lines, limit: 2) }
    }
}
