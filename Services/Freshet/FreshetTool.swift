import ArgumentParser
import Glibc
import ServiceSupport

/// The operator's and developer's tool.
@main
struct FreshetTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freshet",
        abstract: "Runs, feeds and inspects a Freshet installation; evaluates models.",
        discussion: """
            Brokers and Redis are found as the services find them: KAFKA_BOOTSTRAP_SERVERS and REDIS_URL, a JSON file \
            with --config, or --set key=value. `freshet up` brings its own unless it is told of others.
            """,
        version: "freshet \(ServiceVersion.current)",
        subcommands: [
            UpCommand.self, ReplayCommand.self, TopicsCommand.self, ProfileCommand.self, SegmentsCommand.self,
            TailCommand.self, BooksCommand.self, EvaluateCommand.self, ModelsCommand.self, ExportCommand.self,
        ]
    )

    /// Runs the command; a connection or a pipe that the other side closed is an error, not the end of the process.
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}
