import Foundation
import Logging
import Redis

// SETs and GETs of distinct keys through Freshet's Redis library, as many per round trip as `redis-benchmark -P`.
//   redis-pipeline URL COMMANDS PIPELINE CONNECTIONS VALUE_BYTES
let arguments = CommandLine.arguments
guard arguments.count == 6, let commands = Int(arguments[2]), let depth = Int(arguments[3]),
    let callers = Int(arguments[4]), let size = Int(arguments[5])
else {
    FileHandle.standardError.write(Data("usage: redis-pipeline URL COMMANDS PIPELINE CONNECTIONS VALUE_BYTES\n".utf8))
    exit(64)
}
var logger = Logger(label: "redis-pipeline")
logger.logLevel = .error
var options = RedisClient.Options()
options.connections = callers
let client = RedisClient(url: try RedisURL(arguments[1]), options: options, logger: logger)
try await client.ping()
let value = [UInt8](repeating: 120, count: size)

/// The processor time of this process in seconds.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

for name in ["SET", "GET"] {
    let (wall, processor) = (ContinuousClock.now, processorSeconds())
    let answered = try await withThrowingTaskGroup(of: Int.self) { group in
        for caller in 0..<callers {
            group.addTask {
                var answered = 0
                for start in stride(from: caller * depth, to: commands, by: callers * depth) {
                    var pipeline = RedisPipeline()
                    for number in start..<min(start + depth, commands) {
                        // The tag of the pipeline's first key chooses the connection.
                        let key = "{\(start)}:\(number)"
                        if name == "SET" {
                            pipeline.append("SET", key: key, value)
                        } else {
                            pipeline.append("GET", key: key)
                        }
                    }
                    for reply in try await client.execute(pipeline) where reply.bytes != nil { answered += 1 }
                }
                return answered
            }
        }
        var answered = 0
        for try await part in group { answered += part }
        return answered
    }
    let seconds =
        Double((ContinuousClock.now - wall).components.attoseconds) / 1e18
        + Double((ContinuousClock.now - wall).components.seconds)
    guard answered == commands else { fatalError("\(answered) of \(commands) answered") }
    print("\(name) \(Double(commands) / seconds) \((processorSeconds() - processor) / Double(commands) * 1e6)")
}
await client.close()
