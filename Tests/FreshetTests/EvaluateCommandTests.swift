import ArgumentParser
import Foundation
import Testing

@testable import Freshet

/// The command's arguments and files; `EvaluationTests` hold the figures.
@Suite struct EvaluateCommandTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "evaluate-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func run(_ arguments: String...) throws {
        try EvaluateModelsCommand.parse(arguments).run()
    }

    private func complaint(_ arguments: String...) -> String {
        do {
            try EvaluateModelsCommand.parse(arguments).run()
            return "nothing"
        } catch let complaint as EvaluationComplaint {
            return complaint.description
        } catch {
            return "\(EvaluateModelsCommand.message(for: error)) \(error)"
        }
    }

    @Test func `a file becomes lists, JSON, a page and a table`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let lines = (0..<12).map { user in
            "u\(user) " + (0..<6).map { "i\((user * 3 + $0 * 5) % 17)" }.joined(separator: " ")
        }
        try lines.joined(separator: "\n").write(toFile: path("data"), atomically: true, encoding: .utf8)
        try run(
            "--data",
            path("data"),
            "--split",
            "random",
            "--fraction",
            "0.34",
            "--model",
            "itemknn",
            "--model",
            "ALS",
            "--at",
            "3",
            "--json",
            path("report.json"),
            "--html",
            path("page.html"),
            "--markdown",
            path("table.md"),
            "--predictions",
            path("lists.tsv")
        )
        let lists = try String(contentsOfFile: path("lists-ItemKNN.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(lists.count == 12)
        #expect(lists.allSatisfy { $0.contains("\ti") && $0.split(separator: " ").count == 3 })
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path("report.json"))))
        #expect(((json as? [String: Any])?["models"] as? [Any])?.count == 2)
        #expect(try String(contentsOfFile: path("page.html"), encoding: .utf8).hasPrefix("<!doctype html>"))
        #expect(try String(contentsOfFile: path("table.md"), encoding: .utf8).contains("| ALS | "))
    }

    @Test func `what is wrong is said with what would be right`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try "1 2 3\n2 3 4\n3 4 5\n4 5 6\n".write(toFile: path("data"), atomically: true, encoding: .utf8)
        let data = path("data")
        #expect(complaint("--all").contains("--data FILE, or --train FILE"))
        #expect(complaint("--data", data).contains("--model NAME or --all"))
        #expect(complaint("--data", data, "--model", "ItmKNN").contains("did you mean ItemKNN"))
        #expect(complaint("--data", data, "--model", "ItemKNN", "--set", "nope=1").contains("it has k, similarity"))
        // The data have no times.
        #expect(complaint("--data", data, "--model", "ItemKNN").contains("--split random"))
        #expect(complaint("--data", data, "--model", "ItemKNN", "--at", "0").contains("5,10,20"))
        #expect(complaint("--data", data, "--model", "ItemKNN", "--metric", "auc").contains("ndcg@10"))
        #expect(complaint("--data", data, "--model", "ItemKNN", "--format", "csv").contains("movielens-csv, adjacency"))
        #expect(complaint("--data", path("none"), "--model", "ItemKNN").contains("there is no file"))
        #expect(complaint("--train", data, "--model", "ItemKNN").contains("belong together"))
    }
}
