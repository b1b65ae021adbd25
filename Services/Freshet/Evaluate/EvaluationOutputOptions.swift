import ArgumentParser
import Evaluation
import Foundation

/// How long the lists are, and where results go besides the terminal.
struct EvaluationOutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The lengths of list (default: 5,10,20,100).", valueName: "k,k,…"))
    var at: String?

    @Option(help: ArgumentHelp("Write all figures as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write a page with plots that needs nothing else.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write hit rate and gain with intervals as a Markdown table.", valueName: "file"))
    var markdown: String?

    @Option(
        help: ArgumentHelp(
            "Write every list, a line each: case, tab, items. Of several models, the name is added to the file's.",
            valueName: "file"
        )
    )
    var predictions: String?

    /// Empty when `--at` makes no sense.
    var cutoffs: [Int] {
        let fields = (at ?? "5,10,20,100").split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
        let valid = fields.compactMap { $0 }.filter { (1...10_000).contains($0) }
        return valid.count == fields.count ? Set(valid).sorted() : []
    }

    /// Says before the work whether the files can be written.
    func check() throws {
        for name in [json, html, markdown, predictions].compactMap({ $0 }) {
            let folder = URL(filePath: name).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw EvaluationComplaint("cannot write \(name): there is no folder \(folder), or it is read-only")
            }
        }
    }

    func write(_ report: EvaluationReport, itemIDs: [String]) throws {
        if let json { try write(Data(ReportJSON(report).bytes), to: json) }
        if let html { try write(Data(ReportPage(report).text.utf8), to: html) }
        if let markdown { try write(Data(ReportMarkdown(report).text.utf8), to: markdown) }
        guard let predictions else { return }
        let models = report.models.filter { $0.failure == nil }
        for model in models {
            let name = report.models.count == 1 ? predictions : named(predictions, model.name)
            try write(Data(EvaluationReport.predictions(of: model, itemIDs: itemIDs).utf8), to: name)
        }
    }

    /// `lists.tsv` of ItemKNN is `lists-ItemKNN.tsv`.
    private func named(_ file: String, _ model: String) -> String {
        let url = URL(filePath: file)
        let name = url.deletingPathExtension().lastPathComponent + "-" + model
        let folder = url.deletingLastPathComponent()
        return folder.appending(path: url.pathExtension.isEmpty ? name : "\(name).\(url.pathExtension)").path
    }

    private func write(_ data: Data, to file: String) throws {
        do {
            try data.write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw EvaluationComplaint("cannot write \(file): \(error.localizedDescription)")
        }
    }
}
