public import Redis
import Foundation
import NIOConcurrencyHelpers

/// A private `redis-server` on a free loopback port, with a directory of its own.
///
/// It is always killed, never asked to terminate: children of a Swift task inherit blocked signals. It gets no pipe
/// of the test runner's, which would otherwise wait for it.
public final class RedisServer: Sendable {
    private let arguments: [String]
    private let directory: URL
    /// Where it listens on the loopback interface.
    public let port: Int
    private let password: String?
    private let process = NIOLockedValueBox<Process?>(nil)

    /// Starts a server and returns when it accepts connections.
    public static func start(arguments: [String] = [], password: String? = nil) async throws -> RedisServer {
        for _ in 0..<10 {
            let server = try RedisServer(arguments: arguments, password: password)
            if try await server.launch() { return server }
            server.remove()
        }
        throw RedisServerError(description: "redis-server did not start")
    }

    /// Starts a Sentinel that alone decides about `master`, which it knows by `name`.
    public static func start(sentinelOf master: RedisServer, name: String) async throws -> RedisServer {
        for _ in 0..<10 {
            let server = try RedisServer(arguments: [], password: nil)
            let settings = """
                port \(server.port)
                bind 127.0.0.1
                sentinel monitor \(name) 127.0.0.1 \(master.port) 1
                sentinel down-after-milliseconds \(name) 1000
                sentinel failover-timeout \(name) 5000
                """
            try settings.write(
                to: server.directory.appending(path: sentinelSettings),
                atomically: true,
                encoding: .utf8
            )
            if try await server.launch() { return server }
            server.remove()
        }
        throw RedisServerError(description: "the Sentinel did not start")
    }

    private init(arguments: [String], password: String?) throws {
        self.arguments = arguments
        self.password = password
        port = try LoopbackPort.free()
        directory = FileManager.default.temporaryDirectory.appending(path: "freshet-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    /// Where clients connect.
    public var url: RedisURL {
        get throws { try RedisURL("redis://\(password.map { ":\($0)@" } ?? "")127.0.0.1:\(port)/0") }
    }

    /// Kills the server as `kill -9` does.
    public func kill() {
        let running = process.withLockedValue { process in
            defer { process = nil }
            return process
        }
        guard let running else { return }
        Foundation.kill(running.processIdentifier, SIGKILL)
        running.waitUntilExit()
    }

    /// Starts the server again on the same port and with the same directory.
    public func restart() async throws {
        kill()
        for _ in 0..<100 {
            if try await launch() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RedisServerError(description: "redis-server did not start again on port \(port)")
    }

    /// Stops the process without ending it, as a machine that hangs.
    public func freeze() {
        signal(SIGSTOP)
    }

    /// Lets a frozen process continue.
    public func thaw() {
        signal(SIGCONT)
    }

    /// Kills the server and removes its directory.
    public func remove() {
        kill()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Sends one command over a connection of its own, to this very server, and returns its reply as lines.
    @discardableResult
    public func ask(_ words: String...) throws -> [String] {
        try RedisWire.reply(to: words, port: port)
    }

    private func signal(_ number: Int32) {
        process.withLockedValue { process in
            if let process { _ = Foundation.kill(process.processIdentifier, number) }
        }
    }

    private func launch() async throws -> Bool {
        let new = Process()
        new.executableURL = try Self.executable
        new.currentDirectoryURL = directory
        let settings = directory.appending(path: Self.sentinelSettings).path
        let isSentinel = FileManager.default.fileExists(atPath: settings)
        new.arguments = isSentinel ? [settings, "--sentinel"] : serverArguments
        new.standardInput = FileHandle.nullDevice
        new.standardOutput = FileHandle.nullDevice
        new.standardError = FileHandle.nullDevice
        try new.run()
        process.withLockedValue { $0 = new }
        for _ in 0..<500 {
            guard new.isRunning else { return false }
            if LoopbackPort.accepts(port) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        kill()
        return false
    }

    private static let sentinelSettings = "sentinel.conf"

    private var serverArguments: [String] {
        ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory.path]
            + ["--pidfile", directory.appending(path: "redis.pid").path]
            + (password.map { ["--requirepass", $0] } ?? []) + arguments
    }

    private static var executable: URL {
        get throws {
            let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":").map(String.init) ?? []
            for folder in folders + ["/usr/bin", "/opt/homebrew/bin"] {
                let path = "\(folder)/redis-server"
                if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
            }
            throw RedisServerError(description: "redis-server is not installed")
        }
    }
}

/// Why no server could be started.
public struct RedisServerError: Error, CustomStringConvertible {
    /// What went wrong.
    public let description: String
}

/// Runs `body` with the address of a Redis server: the one in `REDIS_URL`, or a private one that is gone afterwards.
///
/// Keys should begin with `uniquePrefix()`: the server in `REDIS_URL` is shared.
public func withRedis<Result>(_ body: (_ url: RedisURL) async throws -> Result) async throws -> Result {
    if let text = ProcessInfo.processInfo.environment["REDIS_URL"], !text.isEmpty {
        return try await body(try RedisURL(text))
    }
    return try await withPrivateRedis { server in try await body(try server.url) }
}

/// Runs `body` with a private server that it may configure, kill, freeze and restart.
public func withPrivateRedis<Result>(
    arguments: [String] = [],
    password: String? = nil,
    _ body: (RedisServer) async throws -> Result
) async throws -> Result {
    let server = try await RedisServer.start(arguments: arguments, password: password)
    defer { server.remove() }
    return try await body(server)
}

/// Runs `body` with a client of `withRedis`' server, patient enough for a busy machine unless it has `options`.
public func withRedisClient<Result>(
    options: RedisClient.Options? = nil,
    scripts: [RedisScript] = [],
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    try await withRedis { url in
        var patient = RedisClient.Options(clientName: "test")
        patient.commandTimeout = .seconds(10)
        let client = RedisClient(url: url, options: options ?? patient, scripts: scripts)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}

/// Returns a prefix for keys that no other test uses.
public func uniquePrefix(_ name: String = "test") -> String {
    "\(name)-\(UInt64.random(in: 0 ... .max)):"
}
