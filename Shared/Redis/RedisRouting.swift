/// Decides which connections serve the commands of a pipeline.
///
/// This is the seam where Redis Cluster comes in: a cluster's routing splits a pipeline by node, callers of
/// `RedisClient` see no difference.
protocol RedisRouting: Sendable {
    /// Splits `pipeline` into groups for one connection each; together they hold every command once.
    func groups(of pipeline: RedisPipeline) -> [RedisCommandGroup]
}

/// Commands of a pipeline that go over one connection, in the pipeline's order.
struct RedisCommandGroup: Sendable, Equatable {
    /// The connection's index.
    var connection: Int
    /// The commands' indices in the pipeline; `nil` when it is the whole pipeline.
    var commands: [Int]?
}

/// Routing for one server: the whole pipeline over one connection, chosen by the slot of its first key.
///
/// So commands of one caller keep their order, and so do concurrent pipelines that begin with the same hash tag.
struct SingleServerRouting: RedisRouting {
    let connectionCount: Int

    func groups(of pipeline: RedisPipeline) -> [RedisCommandGroup] {
        let slot = (0..<pipeline.count).lazy.compactMap { pipeline.slot(at: $0) }.first ?? 0
        return [RedisCommandGroup(connection: slot % connectionCount, commands: nil)]
    }
}
