import ArgumentParser
import Foundation
import ServiceSupport
import Stores

/// The command `freshet books`.
struct BooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "books",
        abstract: "Checks that every record is accounted for: processed, duplicate or rejected.",
        discussion: """
            Reads every events.* topic, events.rejected and the counters in all users' stream states. Exits with 1 when \
            they do not balance. Counters that have expired (a user away for longer than the retention) are missing.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("While they do not balance, read again for so long.", valueName: "seconds"))
    var wait = 0.0

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let settings = try connection.settings()
        let deadline = ContinuousClock.now + .milliseconds(Int64(wait * 1000))
        let books = try await settings.withRedis { redis in
            let states = RedisStreamStateStore(redis: redis, keys: settings.keys)
            while true {
                let books = try await BookKeeper(settings: settings).read(states: states)
                if books.balance || ContinuousClock.now >= deadline { return books }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
        print(try json ? object(books) : table(books))
        guard books.balance else { throw ExitCode.failure }
    }

    private func table(_ books: Books) -> String {
        var lines = books.topics.filter { $0.records + $0.expired > 0 }
            .map { topic in
                line(topic.name, topic.records) + (topic.expired > 0 ? "  and \(topic.expired) expired" : "")
            }
        lines += [
            line("records", books.records),
            "",
            line("processed", books.processed) + "  of \(books.users) users",
            line("duplicates", books.duplicates),
            line("rejected", books.rejected),
            line("accounted for", books.accounted),
            "",
            books.balance
                ? "the books balance"
                : "the books do NOT balance: \(books.records - books.accounted) records are unaccounted for",
        ]
        if books.unreadable > 0 { lines.append("\(books.unreadable) states cannot be read") }
        if books.refused > 0 { lines.append("refused by the collector, so never in a topic: \(books.refused)") }
        if books.rejectedLater > 0 {
            lines.append("processed, but refused by the profile-updater: \(books.rejectedLater)")
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ name: String, _ number: Int) -> String {
        let text = ReplayProgress.grouped(number)
        return name.padding(toLength: 34, withPad: " ", startingAt: 0)
            + String(repeating: " ", count: max(0, 12 - text.count)) + text
    }

    private func object(_ books: Books) throws -> String {
        let numbers: [String: Int] = [
            "records": books.records, "processed": books.processed, "duplicates": books.duplicates,
            "rejected": books.rejected, "difference": books.records - books.accounted, "users": books.users,
            "refused": books.refused, "rejectedLater": books.rejectedLater, "rejectedAgain": books.rejectedAgain,
            "unreadable": books.unreadable, "balance": books.balance ? 1 : 0,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(numbers), as: UTF8.self)
    }
}
