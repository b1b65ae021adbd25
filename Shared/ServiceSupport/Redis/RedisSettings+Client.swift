public import Logging
public import Redis

extension RedisSettings {
    /// Makes a client that connects in the background; `name` is what Redis lists it as.
    public func client(name: String, scripts: [RedisScript] = [], logger: Logger) -> RedisClient {
        var options = RedisClient.Options(clientName: name)
        options.connections = connections
        options.connectTimeout = connectTimeout
        options.commandTimeout = commandTimeout
        return RedisClient(url: url, options: options, scripts: scripts, logger: logger)
    }
}
