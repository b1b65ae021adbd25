import ArgumentParser
import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// The main function of every service.
public enum ServiceMain {
    /// Exit code for a wrong setting, `EX_CONFIG`.
    static let configurationExitCode: Int32 = 78

    /// Parses the command line, reads the settings, runs the service until SIGTERM or SIGINT, and exits.
    ///
    /// Exit codes: 0 after a graceful stop, 1 when the service failed, 64 for a wrong command line, 78 for a wrong
    /// setting.
    public static func run<Service: FreshetService>(_ service: Service.Type) async -> Never {
        ignoreBrokenPipes()
        let arguments: ServiceArguments<Service>
        do {
            arguments = try ServiceArguments<Service>.parse()
        } catch {
            ServiceArguments<Service>.exit(withError: error)
        }
        do {
            let reader = try arguments.reader(environment: ProcessInfo.processInfo.environment)
            let common = try CommonSettings(from: reader, adminPort: Service.defaultAdminPort)
            let settings = try Service.settings(from: reader)
            try reader.checkNoUnknownKeys()
            if arguments.printSettings {
                print(SettingsTable.inForce(reader.settings), terminator: "")
                exit(0)
            }
            if arguments.checkConfig {
                print("OK")
                exit(0)
            }
            exit(await run(service, settings: settings, common: common))
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("\(Service.name): \(error)\n".utf8))
            exit(configurationExitCode)
        }
    }

    private static func run<Service: FreshetService>(
        _ service: Service.Type,
        settings: Service.Settings,
        common: CommonSettings
    ) async -> Int32 {
        LoggingSystem.bootstrap { _ in
            ServiceLogHandler(service: Service.name, format: common.log.format, level: common.log.level)
        }
        let logger = Logger(label: Service.name)
        let context = ServiceContext(name: Service.name, logger: logger)
        MetricsSystem.bootstrap(RegistryMetricsFactory(context.metrics))
        ProcessMetrics.register(in: context.metrics)
        context.metrics.gauge(
            "freshet_build",
            help: "Always 1; the labels tell service and version.",
            labels: ["service": Service.name, "version": context.version]
        )
        .set(1)
        let admin = AdminServer(
            listener: common.admin,
            health: context.health,
            metrics: context.metrics,
            logger: logger,
            onRunning: { port in logger.info("admin port open", metadata: ["admin.port": "\(port)"]) }
        )
        let memory = Task { await MemoryReturn.run() }
        defer { memory.cancel() }
        logger.notice("starting", metadata: ["version": "\(context.version)"])
        // The group stops in reverse order: health stays readable while the service drains.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: admin),
                    .init(
                        service: Runner<Service>(settings: settings, context: context),
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup
                    ),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: HTTPLogging.quiet(logger)
            )
        )
        do {
            try await group.run()
            logger.notice("stopped")
            return 0
        } catch let error as SettingsError {
            logger.critical("wrong setting", metadata: ["error": "\(error)"])
            return configurationExitCode
        } catch {
            logger.critical("failed", metadata: ["error": "\(error)"])
            return 1
        }
    }

    /// A write to a connection that the other side closed must be an error, not the end of the process.
    private static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}

/// The service's work as one service of the group.
private struct Runner<Work: FreshetService>: Service {
    let settings: Work.Settings
    let context: ServiceContext

    func run() async throws {
        let lifecycle = context.health.check("lifecycle")
        lifecycle.ready()
        try await withGracefulShutdownHandler {
            do {
                try await Work.run(settings, context: context)
            } catch is CancellationError where Task.isShuttingDownGracefully {
                // The stop came while the service still waited for Kafka, Redis or its topics.
            }
        } onGracefulShutdown: {
            lifecycle.unready("stopping")
            context.logger.notice("stopping")
        }
    }
}
