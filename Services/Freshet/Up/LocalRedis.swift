import Foundation
import Logging
import Redis

/// A `redis-server` of our own: its program, its folder, and the wait until it answers.
struct LocalRedis: Sendable {
    let program: Program
    let url: String
    let folder: URL

    /// Prepares a server in a new temporary folder, with the durability that the suite relies on.
    init(port: Int?, environment: [String: String]) throws {
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folders = path + ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        guard
            let executable = folders.map({ "\($0)/redis-server" })
                .first(where: FileManager.default.isExecutableFile(atPath:))
        else {
            throw Complaint(
                "redis-server is not installed: `apt install redis-server` (or `brew install redis`), "
                    + "or name a running one with --redis"
            )
        }
        let port = port ?? Int.random(in: 20_000..<30_000)
        folder = FileManager.default.temporaryDirectory.appending(path: "freshet-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        url = "redis://127.0.0.1:\(port)/0"
        program = Program(
            name: "redis",
            executable: executable,
            arguments: [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path, "--save", "", "--appendonly", "yes",
                "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
            ],
            environment: environment
        )
    }

    /// Waits until the server answers.
    func waitUntilReady(timeout: Duration = .seconds(10)) async throws {
        let quiet = Logger(label: "freshet") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(url: try RedisURL(url), options: RedisClient.Options(), logger: quiet)
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                try await client.ping()
                break
            } catch {
                guard ContinuousClock.now < deadline else {
                    await client.close()
                    throw Complaint("redis-server does not answer: \(error)")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        await client.close()
    }

    /// Removes the data.
    func removeFolder() {
        try? FileManager.default.removeItem(at: folder)
    }
}
