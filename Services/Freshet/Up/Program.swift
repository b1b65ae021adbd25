import Foundation

/// One of the suite's programs: where it is and what it is told.
struct Program: Sendable {
    let name: String
    let executable: String
    let arguments: [String]
    let environment: [String: String]
}

/// The five services in the order in which they stop: first what takes events in, last what answers.
enum SuiteService: String, CaseIterable, Sendable {
    case collector
    case streamProcessor = "stream-processor"
    case profileUpdater = "profile-updater"
    case scorer
    case server

    /// The port of health and metrics; with a base port all ports lie close together.
    func adminPort(base: Int?) -> Int {
        let place = Self.allCases.firstIndex(of: self) ?? 0
        return (base.map { $0 + 10 } ?? 9180) + place
    }

    /// The port of the HTTP API, where the service has one.
    func httpPort(base: Int?) -> Int? {
        switch self {
        case .collector: base ?? 8080
        case .server: (base ?? 8080) + 1
        case .streamProcessor, .profileUpdater, .scorer: nil
        }
    }

    /// The program beside this tool's own executable.
    func program(base: Int?, environment: [String: String]) throws -> Program {
        let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let path = folder?.appending(path: rawValue).path ?? rawValue
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Complaint("\(path) is missing: build the whole package first, for instance with `swift build`")
        }
        var arguments = ["--admin-port", "\(adminPort(base: base))"]
        if let port = httpPort(base: base) { arguments += ["--http-port", "\(port)"] }
        return Program(name: rawValue, executable: path, arguments: arguments, environment: environment)
    }
}
