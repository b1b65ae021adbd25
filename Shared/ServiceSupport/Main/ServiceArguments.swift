import ArgumentParser

/// The command line that all services share.
struct ServiceArguments<Service: FreshetService>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Service.name,
            abstract: Service.summary,
            discussion: SettingsTable.help(Service.documentedSettings()),
            version: "\(Service.name) \(ServiceVersion.current)"
        )
    }

    @Option(help: ArgumentHelp("A JSON file of settings.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Short for --set http.port=<port>.", valueName: "port"))
    var httpPort: String?

    @Option(help: ArgumentHelp("Short for --set admin.port=<port>.", valueName: "port"))
    var adminPort: String?

    @Option(help: ArgumentHelp("Short for --set log.level=<level>.", valueName: "level"))
    var logLevel: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Sets one key; may be repeated.", valueName: "key=value"))
    var assignments: [String] = []

    @Flag(help: "Check the settings, print OK and exit: 0 when right, 78 when wrong.")
    var checkConfig = false

    @Flag(help: "Print the settings in force, secrets masked, and exit.")
    var printSettings = false

    func reader(environment: [String: String]) throws(SettingsError) -> SettingsReader {
        var flags: [String: String] = [:]
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw SettingsError(key: "--set", problem: "'\(assignment)' is not key=value")
            }
            flags[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
        }
        if let httpPort { flags["http.port"] = httpPort }
        if let adminPort { flags["admin.port"] = adminPort }
        if let logLevel { flags["log.level"] = logLevel }
        return try SettingsReader(flags: flags, environment: environment, filePath: config)
    }
}
