import ChildProcesses
import Foundation
import Kafka
import ServiceSupport
import Stores
import Threading
import UnixSignals

/// The whole suite on this machine: broker, Redis and services, from the start to the orderly end.
struct LocalSuite: Sendable {
    /// What the main loop waits for.
    private enum Happening: Sendable {
        case signal
        case ready
        case started
        case ended(String, ChildProcess.Ending)
        case failed(String)
    }

    private let services: [SuiteService]
    private let basePort: Int?
    private let restarts: Bool
    private let takesBrokerCommands: Bool
    private let addressFile: String?
    private let settings: ToolSettings
    private let broker: EmbeddedBroker?
    private let redis: LocalRedis?
    private let environment: [String: String]
    private let dataFolder: URL?
    private let log = MergedLog()

    init(
        options: ConnectionOptions,
        services: [SuiteService],
        basePort: Int?,
        redisPort: Int?,
        restarts: Bool,
        brokers: Int = 1,
        takesBrokerCommands: Bool = false,
        addressFile: String?
    ) throws {
        self.services = services
        self.basePort = basePort
        self.restarts = restarts
        self.takesBrokerCommands = takesBrokerCommands
        self.addressFile = addressFile
        settings = try options.settings()
        var environment = try options.environment()
        broker = try options.namesBrokers() ? nil : EmbeddedBroker(brokers: brokers)
        if let broker {
            environment["KAFKA_BOOTSTRAP_SERVERS"] = broker.bootstrapServers
            for (name, value) in Self.embeddedBrokerProperties where environment[name] == nil {
                environment[name] = value
            }
            for topic in TopicLayout(settings.topics).specifications() {
                try broker.createTopic(topic.name, partitions: topic.partitions)
            }
        }
        redis = try options.namesRedis() ? nil : LocalRedis(port: redisPort, environment: environment)
        if let redis { environment["REDIS_URL"] = redis.url }
        // What is derived from a broker that forgets everything is worth nothing afterwards.
        dataFolder =
            broker != nil && environment["DATA_DIR"] == nil
            ? FileManager.default.temporaryDirectory.appending(path: "freshet-data-\(UUID().uuidString)") : nil
        if let dataFolder { environment["DATA_DIR"] = dataFolder.path }
        if environment["SPOOL_DIR"] == nil { environment["SPOOL_DIR"] = (environment["DATA_DIR"] ?? "data") + "/spool" }
        if environment["LOG_FORMAT"] == nil { environment["LOG_FORMAT"] = "text" }
        // The storefront page posts to this suite's collector, wherever that is.
        if environment["DEMO_COLLECTOR_URL"] == nil, let port = SuiteService.collector.httpPort(base: basePort) {
            environment["DEMO_COLLECTOR_URL"] = "http://127.0.0.1:\(port)"
        }
        self.environment = environment
    }

    /// The embedded broker answers an empty fetch only after all of its wait, and lets a restarted member join only when
    /// the session of the one before it has run out.
    private static let embeddedBrokerProperties = [
        "KAFKA_PROPERTIES_FETCH_WAIT_MAX_MS": "1",
        "KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
        "KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
    ]

    /// Runs until a signal or a failure; `false` when something ended that should not have.
    func run() async throws -> Bool {
        let group = try ProcessGroup()
        let (happenings, happen) = AsyncStream.makeStream(of: Happening.self)
        if takesBrokerCommands { obeyBrokerCommands() }
        let redisSupervisor = redis.map {
            Supervisor($0.program, group: group, log: log, restarts: restarts)
        }
        let supervisors = try services.map { service in
            Supervisor(
                try service.program(base: basePort, environment: environment),
                group: group,
                log: log,
                restarts: restarts
            )
        }
        let isFine = await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) { happen.yield(.signal) }
            }
            if let redisSupervisor { tasks.addTask { await supervise(redisSupervisor, happen) } }
            tasks.addTask {
                do {
                    try await redis?.waitUntilReady()
                    try await mintGenerations()
                } catch {
                    return _ = happen.yield(.failed("\(error)"))
                }
                await withTaskGroup(of: Void.self) { children in
                    for supervisor in supervisors { children.addTask { await supervise(supervisor, happen) } }
                    children.addTask { await waitUntilReady(happen) }
                }
            }
            let isFine = await follow(happenings, supervisors, redisSupervisor)
            for supervisor in supervisors { await supervisor.stop(patience: .seconds(20)) }
            await redisSupervisor?.stop(patience: .seconds(10))
            tasks.cancelAll()
            return isFine
        }
        group.dismiss()
        broker?.close()
        redis?.removeFolder()
        if let dataFolder { try? FileManager.default.removeItem(at: dataFolder) }
        if let addressFile { try? FileManager.default.removeItem(atPath: addressFile) }
        log.announce(["freshet is down"])
        return isFine
    }

    /// Follows commands until the end of the input.
    private func obeyBrokerCommands() {
        DedicatedThread.start { [broker, log] in
            while let line = readLine() {
                do {
                    guard let broker else { throw Complaint("these brokers are not embedded ones") }
                    try BrokerCommand(line).apply(to: broker)
                    log.announce(["broker command: \(line)"])
                } catch {
                    log.warn("broker command: \(error)")
                }
            }
        }
    }

    /// A broker of our own is a new cluster; on another one missing topics are created.
    private func mintGenerations() async throws {
        let settings = try resolvedSettings()
        let layout = TopicLayout(settings.topics)
        try await settings.withRedis { redis in
            guard broker != nil else {
                _ = try await TopicCreation(settings: settings, layout: layout, redis: redis).run()
                return
            }
            let admin = KafkaAdmin(settings: settings.kafka.client, logger: ToolSettings.logger)
            try await TopicGenerations(redis: redis, keys: settings.keys).mintNext(
                layout.names,
                clusterID: admin.clusterID()
            )
        }
    }

    /// The settings as the services will see them.
    private func resolvedSettings() throws -> ToolSettings {
        try ToolSettings(from: SettingsReader(environment: environment))
    }

    private func supervise(_ supervisor: Supervisor, _ happen: AsyncStream<Happening>.Continuation) async {
        do {
            let ending = try await supervisor.run { happen.yield(.started) }
            happen.yield(.ended(supervisor.program.name, ending))
        } catch {
            happen.yield(.failed("\(error)"))
        }
    }

    /// The main loop: tells what happens, and returns when it is time to stop.
    private func follow(
        _ happenings: AsyncStream<Happening>,
        _ supervisors: [Supervisor],
        _ redisSupervisor: Supervisor?
    ) async -> Bool {
        var isReady = false
        var isFine = true
        for await happening in happenings {
            switch happening {
            case .signal:
                log.announce(["freshet is stopping"])
                return isFine
            case .failed(let reason):
                log.warn(reason)
                return false
            case .ended(let name, let ending):
                log.warn("\(name) \(ending)")
                isFine = false
                // What has never worked is not worth waiting for.
                if !isReady || name == "redis" { return false }
            case .ready:
                isReady = true
                writeAddresses(supervisors, redisSupervisor)
                announceReady()
            case .started:
                if isReady { writeAddresses(supervisors, redisSupervisor) }
            }
        }
        return isFine
    }

    private func waitUntilReady(_ happen: AsyncStream<Happening>.Continuation) async {
        let client = HTTPClient(timeout: .seconds(2))
        let start = ContinuousClock.now
        var lastNotice = start
        while !Task.isCancelled {
            var waiting: [String] = []
            for service in services {
                guard let url = URL(string: "\(adminURL(service))/health/ready") else { continue }
                let answer = try? await client.get(url)
                if answer?.status != 200 { waiting.append("\(service.rawValue): \(answer?.text ?? "no answer yet")") }
            }
            if waiting.isEmpty { return _ = happen.yield(.ready) }
            if ContinuousClock.now - lastNotice > .seconds(10) {
                lastNotice = .now
                log.announce(["still waiting for:"] + waiting.map { "  \($0)" })
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func adminURL(_ service: SuiteService) -> String {
        "http://127.0.0.1:\(service.adminPort(base: basePort))"
    }

    private var urls: [String: String] {
        var urls: [String: String] = [:]
        for service in services {
            urls["\(service.rawValue).admin"] = adminURL(service)
            if let port = service.httpPort(base: basePort) { urls[service.rawValue] = "http://127.0.0.1:\(port)" }
        }
        return urls
    }

    private func writeAddresses(_ supervisors: [Supervisor], _ redisSupervisor: Supervisor?) {
        guard let addressFile else { return }
        var pids = ["freshet": ProcessInfo.processInfo.processIdentifier]
        for supervisor in supervisors + (redisSupervisor.map { [$0] } ?? []) {
            pids[supervisor.program.name] = supervisor.processID
        }
        let names =
            ["KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL", "TOPICS_PREFIX", "TOPICS_PARTITIONS"]
            + (broker == nil ? [] : Array(Self.embeddedBrokerProperties.keys))
        let file = AddressFile(
            environment: environment.filter { names.contains($0.key) },
            urls: urls,
            pids: pids
        )
        do {
            try file.write(to: addressFile)
        } catch {
            log.warn("cannot write \(addressFile): \(error.localizedDescription)")
        }
    }

    private func announceReady() {
        var lines = ["", "freshet is up"]
        if let url = urls["server"] { lines += ["  storefront   \(url)/demo", "  server       \(url)"] }
        if let url = urls["collector"] { lines.append("  collector    \(url)") }
        lines.append("  kafka        \(environment["KAFKA_BOOTSTRAP_SERVERS"] ?? settings.kafka.bootstrapServers)")
        if let redis { lines.append("  redis        \(redis.url)") }
        lines += ["  Ctrl-C stops everything", ""]
        log.announce(lines)
    }
}
