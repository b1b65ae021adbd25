import ArgumentParser
import Foundation
import ServiceSupport
import Threading

/// The command `freshet export DIR`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes activity as CSV by day, for training and analysis elsewhere.",
        discussion: """
            Reads the topic activity from its oldest record up to its end and writes DIR/day=2026-11-21/part-00003.csv: a \
            folder per day (UTC, by effective time), a file per partition, a header in each. What was emitted again after a crash \
            stands there once. DIR/_SUCCESS is written last. Properties, context and the items of impressions are left out.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The first day, such as 2026-11-20.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The last day.", valueName: "day"))
    var to: String?

    @Flag(help: "Replace the export that is in the folder.")
    var overwrite = false

    @Argument(help: ArgumentHelp("The folder.", valueName: "dir"))
    var folder: String

    func validate() throws { _ = try days() }

    func run() async throws {
        let settings = try connection.settings()
        let folder = ExportFolder(url: URL(filePath: folder))
        let overwrite = overwrite
        let export = ActivityExport(settings: settings, folder: folder, days: try days())
        try await DedicatedThread.run { Result { try folder.prepare(overwriting: overwrite) } }.get()
        var progress: ReplayProgress?
        let outcome = try await export.run { read, total in
            var bar = progress ?? ReplayProgress(total: total, from: 0)
            bar.show(read, isLast: read == total)
            progress = bar
        }
        print("\(ReplayProgress.grouped(outcome.rows)) activities in \(ReplayProgress.grouped(outcome.files)) files")
        if outcome.copies > 0 { print("\(ReplayProgress.grouped(outcome.copies)) second copies left out") }
        if outcome.outside > 0 { print("\(ReplayProgress.grouped(outcome.outside)) of other days left out") }
        if outcome.unreadable > 0 {
            print("\(ReplayProgress.grouped(outcome.unreadable)) records cannot be read and are left out")
        }
    }

    private func days() throws -> ClosedRange<ExportDay>? {
        guard from != nil || to != nil else { return nil }
        let first = try day(from ?? "0000-01-01", "--from")
        let last = try day(to ?? "9999-12-31", "--to")
        guard first <= last else { throw ValidationError("--from \(first) is after --to \(last)") }
        return first...last
    }

    private func day(_ text: String, _ option: String) throws -> ExportDay {
        guard let day = ExportDay(text) else {
            throw ValidationError("\(option) takes a day such as 2026-11-20, not '\(text)'")
        }
        return day
    }
}
