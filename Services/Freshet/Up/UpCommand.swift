import ArgumentParser

/// The command `freshet up`.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs the whole suite on this machine until Ctrl-C.",
        discussion: """
            Starts the five services as child processes. Unless addresses are given, it brings a Kafka broker of its own \
            (in this process; all of it is gone at the end) and a private redis-server in a temporary folder. The \
            children end with this process, even if it is killed.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(help: ArgumentHelp("The port of the private redis-server; otherwise a free one.", valueName: "port"))
    var redisPort: Int?

    @Option(
        help: ArgumentHelp(
            "Puts the collector here, the server one above, and the admin ports from ten above on.",
            valueName: "port"
        )
    )
    var basePort: Int?

    @Option(help: ArgumentHelp("Leaves a service out; may be repeated.", valueName: "service"))
    var without: [String] = []

    @Flag(help: "Starts a service again when it ends by itself.")
    var restart = false

    @Option(help: ArgumentHelp("Brokers that the embedded cluster consists of.", valueName: "number"))
    var brokers = 1

    @Flag(
        help: """
            Reads commands from standard input that break the embedded cluster, for tests: down BROKER, up BROKER, \
            leader TOPIC PARTITION BROKER, coordinator GROUP BROKER.
            """
    )
    var brokerCommands = false

    @Option(
        name: .customLong("write-env"),
        help: ArgumentHelp("Writes addresses and process ids there, as JSON, when all is ready.", valueName: "file")
    )
    var addressFile: String?

    func validate() throws {
        guard (1...9).contains(brokers) else { throw ValidationError("--brokers \(brokers): 1 to 9") }
        for name in without where SuiteService(rawValue: name) == nil {
            let names = SuiteService.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--without \(name): the services are \(names)")
        }
    }

    func run() async throws {
        let suite = try LocalSuite(
            options: connection,
            services: SuiteService.allCases.filter { !without.contains($0.rawValue) },
            basePort: basePort,
            redisPort: redisPort,
            restarts: restart,
            brokers: brokers,
            takesBrokerCommands: brokerCommands,
            addressFile: addressFile
        )
        guard try await suite.run() else { throw ExitCode.failure }
    }
}
