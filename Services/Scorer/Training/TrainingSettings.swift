import ServiceSupport

/// How models are trained; ``ScorerSettings`` lists the keys.
struct TrainingSettings: Sendable, Hashable {
    let schedule: TrainingSchedule
    let threads: Int
    let factors: Int
    let iterations: Int
    let itemsPerUser: Int
    let seed: UInt64
    let dataDirectory: String

    init(from reader: SettingsReader) throws(SettingsError) {
        schedule = TrainingSchedule(
            interval: try reader.duration(
                "training.interval",
                default: .seconds(60),
                range: .milliseconds(100) ... .seconds(7 * 86_400),
                description: "how often to train when something is new"
            )
        )
        threads = try reader.int(
            "training.threads",
            default: 0,
            range: 0...1024,
            description: "threads that train; 0: all cores but one"
        )
        factors = try reader.int(
            "training.factors",
            default: 64,
            range: 1...1024,
            description: "length of the factorisation's vectors"
        )
        iterations = try reader.int(
            "training.iterations",
            default: 10,
            range: 1...1000,
            description: "rounds of the factorisation"
        )
        itemsPerUser = try reader.int(
            "training.items.per.user",
            default: 2000,
            range: 1...100_000,
            description: "items kept per user in the matrix, the latest"
        )
        let seed = try reader.int("training.seed", default: 42, description: "where random numbers start")
        self.seed = UInt64(seed)
        dataDirectory = try reader.string(
            "data.dir",
            default: "data/scorer",
            description: "folder of the matrix's snapshot"
        )
    }
}
