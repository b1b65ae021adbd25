import Catalog
import Events
import Foundation
import Testing

@testable import Freshet

@Suite("Replaying data sets")
struct MovieLensTests {
    @Test func `CSV fields may be quoted and hold commas, quotes and line ends`() {
        let lines = CSVLines(Array("a,\"b, \"\"c\"\"\",d\r\n\"two\nlines\",,last\n\n".utf8))
        #expect(Array(lines) == [["a", "b, \"c\"", "d"], ["two\nlines", "", "last"]])
    }

    @Test func `a movie becomes a catalog entry`() {
        let item = MovieLens.item(id: "6", title: "Heat (1995) ", genres: "Action|Crime", tags: ["mafia"])
        #expect(item.title == "Heat")
        #expect(item.categories == ["Action", "Crime"])
        #expect(item.tags == ["mafia"])
        #expect(item.properties == Array("{\"year\":1995}".utf8))
        let bare = MovieLens.item(id: "7", title: "Babylon 5", genres: "(no genres listed)", tags: [])
        #expect(bare.title == "Babylon 5")
        #expect(bare.categories.isEmpty)
        #expect(bare.properties == nil)
    }

    @Test func `a folder is read, with events in time order and ids that follow from the data`() throws {
        try withFolder([
            "movies.csv": "movieId,title,genres\n1,\"President, The (1995)\",Drama\n",
            "ratings.csv": "userId,movieId,rating,timestamp\n2,1,3.5,200\n1,1,4.0,100\n3,1,5.0,200\n",
            "tags.csv": "userId,movieId,tag,timestamp\n1,1,Funny,1\n2,1,funny,1\n2,1,Alas,1\n3,1,Bright,1\n",
        ]) { folder in
            let data = try MovieLens(folder: folder)
            #expect(data.items.map(\.title) == ["President, The"])
            #expect(data.items[0].tags == ["funny", "alas", "bright"])
            let events = (0..<data.eventCount).map { data.event(at: $0, movedBy: 1000) }
            #expect(events.map(\.user) == ["1", "2", "3"])
            let first = try EventCodec.decode(events[0].json)
            #expect(first.eventID == "ml-r-1-1")
            #expect(first.type == .rating)
            #expect(first.itemID == "1")
            #expect(first.value == 4)
            #expect(first.timestamp.milliseconds == 101_000)
        }
    }

    @Test func `a line that is no rating is named`() throws {
        try withFolder(["movies.csv": "h,h,h\n", "ratings.csv": "h,h,h,h\n1,x,4.0,100\n"]) { folder in
            let error = #expect(throws: Complaint.self) { _ = try MovieLens(folder: folder) }
            #expect(error?.description.contains("1,x,4.0,100") == true)
        }
    }

    @Test func `JSON lines without ids get the same ones each time`() throws {
        let lines =
            "{\"type\":\"view\",\"userId\":\"u\",\"itemId\":\"i\"}\n\n{\"type\":\"click\",\"anonymousId\":\"a\",\"itemId\":\"i\"}\n"
        try withFolder(["day.jsonl": lines]) { folder in
            let data = try JSONLines(file: folder.appending(path: "day.jsonl"))
            let events = (0..<data.eventCount).map { data.event(at: $0, movedBy: 0) }
            #expect(events.map(\.user) == ["u", "~a"])
            #expect(try events.map { try EventCodec.decode($0.json).eventID } == ["day-1", "day-3"])
        }
    }

    @Test func `a packed folder is unpacked`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "freshet-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let inner = folder.appending(path: "ml")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try Data("h,h,h\n5,Five (2005),Drama\n".utf8).write(to: inner.appending(path: "movies.csv"))
        try Data("h,h,h,h\n1,5,4.5,100\n".utf8).write(to: inner.appending(path: "ratings.csv"))
        let archive = folder.appending(path: "ml.tar.gz").path
        let tar = Process()
        tar.executableURL = URL(filePath: "/bin/tar")
        tar.arguments = ["-czf", archive, "-C", folder.path, "ml"]
        try tar.run()
        tar.waitUntilExit()
        let data = try await DatasetFile.open(archive)
        #expect(data.eventCount == 1)
        #expect(data.items.map(\.id) == ["5"])
        await #expect(throws: Complaint.self) { _ = try await DatasetFile.open("/nowhere") }
    }

    private func withFolder(_ files: [String: String], _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "freshet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        try body(folder)
    }
}
