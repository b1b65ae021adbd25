import Evaluation
import Recommenders
import Testing

@Suite struct FormatTests {
    private func read(_ text: String, _ format: DataFormat? = nil) throws -> DataFile {
        try DataFormat.read(Array(text.utf8), as: format)
    }

    private func complaint(_ text: String, _ format: DataFormat? = nil) -> DataError? {
        #expect(throws: DataError.self) { try read(text, format) }
    }

    @Test func `MovieLens CSV is read with mark, either line end, quotes and blank lines`() throws {
        let file = try read("\u{FEFF}userId,movieId,rating,timestamp\r\n1,\"a,\"\"b\",4.5,10\r\n\r\n2,7,3,11\n")
        #expect(file.format == .movielensCSV)
        #expect(file.value == .rating && file.hasTimes && file.kind == .histories)
        #expect(
            file.entries == [
                .init(source: "1", item: "a,\"b", value: 4.5, seconds: 10),
                .init(source: "2", item: "7", value: 3, seconds: 11),
            ]
        )
    }

    @Test func `adjacency lists are read, a user on several lines, a user alone`() throws {
        let file = try read("0 5 6\n1\n0\t7\n")
        #expect(file.format == .adjacency)
        #expect(file.entries.map(\.item) == ["5", "6", "7"])
        #expect(file.skippedLines == 1)
    }

    @Test func `sessions and RecBole's files are told apart by their headers`() throws {
        let sessions = try read("SessionId\tItemId\tTime\n9\ta\t1.5\n")
        #expect(sessions.kind == .sessions && sessions.format == .sessionsTSV)
        #expect(sessions.entries == [.init(source: "9", item: "a", seconds: 1.5)])
        let atomic = try read("item_id:token\tuser_id:token\trating:float\n3\t4\t5\n")
        #expect(atomic.format == .atomic && !atomic.hasTimes)
        #expect(atomic.entries == [.init(source: "4", item: "3", value: 5)])
    }

    @Test func `JSON lines are read, Freshet's own events among them`() throws {
        let plain = try read(#"{"user":7,"item":"x","weight":2.5,"time":100,"more":[1]}"#)
        #expect(plain.value == .weight)
        #expect(plain.entries == [.init(source: "7", item: "x", value: 2.5, seconds: 100)])
        let events = try read(
            """
            {"type":"view","userId":"u","itemId":"a","timestamp":"1970-01-01T00:00:10Z"}
            {"type":"page","userId":"u","timestamp":20000}
            {"type":"dislike","anonymousId":"v","itemId":"a","timestamp":1700000000000}
            {"type":"purchase","userId":"u","itemId":"b","value":99.5,"timestamp":"1970-01-01T00:00:30Z"}
            """
        )
        #expect(events.skippedLines == 1)
        #expect(
            events.entries == [
                .init(source: "u", item: "a", value: 1, seconds: 10),
                .init(source: "~v", item: "a", value: 0, seconds: 1_700_000_000),
                .init(source: "u", item: "b", value: 1, seconds: 30),
            ]
        )
        let sessions = try read(#"{"session":"s","item":"a","time":1}"#)
        #expect(sessions.kind == .sessions)
    }

    @Test(
        arguments: [
            ("userId,movieId,rating,timestamp\n1,2,x,4\n", 2, "\"x\" is not a number"),
            ("userId,movieId,rating,timestamp\n1,2,3\n", 2, "3 fields where the header names 4"),
            ("userId,movieId,rating,timestamp\n1,2,nan,4\n", 2, "not a number"),
            ("userId,movieId,rating,timestamp\n1,,3,4\n", 2, "an id is empty"),
            ("userId,movieId\n1,\"2\n", 2, "not closed"),
            ("SessionId\tItemId\tTime\n1\t2\tsoon\n", 2, "\"soon\" is not a number"),
            ("user_id:token\trating:float\n1\t2\n", 1, "no column with the item's id"),
            ("{\"user\":\"u\"}\n", 1, "no field \"item\""),
            ("{\"user\":\"u\",\"item\":\n", 1, "no valid JSON object"),
            ("{\"item\":\"i\"}\n", 1, "no field \"user\""),
            ("what is this?;\n", 1, "--format"),
        ]
    )
    func `a bad line is named, with what is wrong`(text: String, line: Int, message: String) {
        let error = complaint(text)
        if message != "--format" { #expect(error?.line == line) }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `other encodings and empty files are named, too`() {
        #expect(complaint("")?.message == "the file is empty")
        #expect(complaint("userId,movieId,rating,timestamp\n")?.message.contains("no interaction") == true)
        let latin: [UInt8] = Array("userId,movieId\n1,caf".utf8) + [0xE9, 0x0A]
        let error = #expect(throws: DataError.self) { try DataFormat.read(latin) }
        #expect(error?.line == 2 && error?.message.contains("iconv") == true)
        let wide = #expect(throws: DataError.self) { try DataFormat.read([0xFF, 0xFE, 0x31, 0x00]) }
        #expect(wide?.message.contains("UTF-16") == true)
    }

    @Test func `ids go by number when all are numbers, of any size, else by text`() throws {
        let numbers = try Dataset.read([try read("1 10 9 123456789012345678901234567890 007 7\n")])
        #expect(numbers[0].itemIDs == ["007", "7", "9", "10", "123456789012345678901234567890"])
        let texts = try Dataset.read([try read("1 10 9 x\n")])
        #expect(texts[0].itemIDs == ["10", "9", "x"])
    }

    @Test func `items of adjacency lists that are clearly numbered from zero keep their empty numbers`() throws {
        #expect(try Dataset.read([try read("7 0 1 4\n")])[0].itemIDs == ["0", "1", "2", "3", "4"])
        #expect(try Dataset.read([try read("7 0 1 9\n")])[0].itemIDs == ["0", "1", "9"])
        #expect(try Dataset.read([try read("7 1 2 4\n")])[0].itemIDs == ["1", "2", "4"])
    }

    @Test func `of a repeated pair the latest counts`() throws {
        let data = try Dataset.read([try read("userId,movieId,rating,timestamp\n1,2,5,30\n1,3,4,20\n1,2,1,10\n")])[0]
        #expect(data.duplicates == 1)
        #expect(data.entries.map(\.value) == [4, 5])
    }

    @Test func `items are described by title, genres and creators`() throws {
        let text = "movieId,title,genres,director\n2,\"Heat, the film\",Crime|Drama,Mann\n9,x,y,z\n"
        let contents = try ItemTable.read(Array(text.utf8), for: ["1", "2"])
        #expect(contents[0].text.isEmpty)
        #expect(contents[1].text == "Heat, the film")
        #expect(contents[1].tags == [["Crime"], ["Drama"]])
        #expect(contents[1].creators == ["Mann"])
    }
}
