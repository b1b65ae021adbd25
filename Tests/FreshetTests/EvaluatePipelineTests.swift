import ArgumentParser
import Events
import Foundation
import Recommenders
import Scoring
import Sessions
import Testing

@testable import Freshet

/// The command's data, arguments and files; `PlanSearchTests` hold the search.
@Suite struct EvaluatePipelineTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "pipeline-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Two crowds of users, each with its ten films.
    private func writeMovieLens() throws {
        var movies = "movieId,title,genres\n"
        for movie in 1...20 { movies += "\(movie),Film \(movie) (1999),\(movie > 10 ? "War" : "Comedy")\n" }
        var ratings = "userId,movieId,rating,timestamp\n"
        for user in 1...24 {
            for step in 0..<8 {
                let movie = (user * 3 + step) % 10 + (user.isMultiple(of: 2) ? 11 : 1)
                ratings += "\(user),\(movie),\(step == 0 ? 1 : 4),\(1_000_000_000 + step * 4000)\n"
            }
        }
        try movies.write(toFile: path("movies.csv"), atomically: true, encoding: .utf8)
        try ratings.write(toFile: path("ratings.csv"), atomically: true, encoding: .utf8)
    }

    @Test func `a search writes a plan that the scorer reads`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeMovieLens()
        try #"{"sources": [{"name": "als", "weight": 0.1}, {"name": "popular"}, {"name": "trending"}]}"#
            .write(toFile: path("given.json"), atomically: true, encoding: .utf8)
        let arguments = [
            "--plan", path("given.json"), "--tune", "random", "--trials", "3", "--set", "training.factors=4",
        ]
        try await EvaluatePipelineCommand.parse(arguments + ["--write", path("found.json"), folder.path]).run()
        let found = try JSONDecoder().decode(
            PipelinePlan.self,
            from: Data(contentsOf: URL(filePath: path("found.json")))
        )
        #expect(found.sources.map(\.name) == [.als, .popular, .trending])
        #expect(found.sources[2].weight == 1, "nothing trends")
        #expect(found.sources.allSatisfy { $0.newcomerWeight == nil })
        let newcomers = ["--known", "2", "--write", path("new.json"), folder.path]
        try await EvaluatePipelineCommand.parse(arguments + newcomers).run()
        let new = try JSONDecoder().decode(PipelinePlan.self, from: Data(contentsOf: URL(filePath: path("new.json"))))
        #expect(new.sources.map(\.weight) == [0.1, 1, 1])
    }

    @Test func `recorded ratings become what the services would have made of them`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeMovieLens()
        let recorded = try await RecordedActivity.read(folder.path, sessions: SessionPolicy())
        #expect(recorded.activities.count == 24 * 8 && recorded.catalog.count == 20)
        let first = try #require(recorded.activities.first)
        #expect(first.item?.categories.count == 1 && first.session.start == first.event.timestamp)
        // More than half an hour apart: eight sessions.
        #expect(Set(recorded.activities.filter { $0.user == first.user }.map(\.session.id)).count == 8)

        let day = folder.appending(path: "export/day=2001-09-09")
        try FileManager.default.createDirectory(at: day, withIntermediateDirectories: true)
        let lines = recorded.activities.flatMap { ActivityTable.line(ActivityFacts($0)) }
        try (Data(ActivityTable.header.utf8) + Data(lines)).write(to: day.appending(path: "part-00000.csv"))
        let exported = try await RecordedActivity.read(path("export"), sessions: SessionPolicy())
        #expect(exported.activities.map(\.user) == recorded.activities.map(\.user))
        #expect(exported.activities.map(\.event.value) == recorded.activities.map(\.event.value))
        #expect(exported.activities.map(\.session) == recorded.activities.map(\.session))
        try Data("user,item\nu1,i1\n".utf8).write(to: day.appending(path: "part-00001.csv"))
        let error = await #expect(throws: EvaluationComplaint.self) {
            try await RecordedActivity.read(path("export"), sessions: SessionPolicy())
        }
        #expect(error?.description.contains("'u1,i1' is no line of an export") == true)
    }

    @Test func `wrong arguments and data without enough positives are said`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try writeMovieLens()
        #expect(throws: (any Error).self) { try EvaluatePipelineCommand.parse(["--tune", "grid", folder.path]) }
        #expect(throws: (any Error).self) { try EvaluatePipelineCommand.parse(["--write", "plan.json", folder.path]) }
        await #expect(throws: EvaluationComplaint.self) {
            try await EvaluatePipelineCommand.parse(["--fraction", "0.1", folder.path]).run()
        }
    }
}
