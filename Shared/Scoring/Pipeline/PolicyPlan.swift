/// What changes the order of a ranked list; nothing unless told.
public struct PolicyPlan: Hashable, Sendable, Codable {
    /// The power of popularity that scores are divided by: more of the long tail.
    public var popularityExponent: Double
    /// What a brand-new item gets on top of its score, as a share of it.
    public var recencyWeight: Double
    /// After how many days half of that is left.
    public var recencyHalfLifeDays: Double
    /// How much relevance counts beside being unlike what stands above, from 0 to 1; 1 leaves the order alone.
    public var diversityLambda: Double
    /// How many items of one category may stand among the first ``categoryDepth``; 0 for any number.
    public var categoryLimit: Int
    /// Among how many first places.
    public var categoryDepth: Int
    /// How much the order changes from one revision of a profile to the next; 0 not at all.
    public var rotationTemperature: Double

    /// Creates policies.
    public init(
        popularityExponent: Double = 0,
        recencyWeight: Double = 0,
        recencyHalfLifeDays: Double = 14,
        diversityLambda: Double = 1,
        categoryLimit: Int = 0,
        categoryDepth: Int = 10,
        rotationTemperature: Double = 0
    ) {
        self.popularityExponent = popularityExponent
        self.recencyWeight = recencyWeight
        self.recencyHalfLifeDays = recencyHalfLifeDays
        self.diversityLambda = diversityLambda
        self.categoryLimit = categoryLimit
        self.categoryDepth = categoryDepth
        self.rotationTemperature = rotationTemperature
    }

    /// Reads a section.
    public init(from decoder: any Decoder) throws {
        self.init()
        let fields = try PlanFields(
            decoder,
            known: [
                "popularity.exponent", "recency.weight", "recency.half.life.days", "diversity.lambda", "category.limit",
                "category.depth", "rotation.temperature",
            ]
        )
        try fields.read("popularity.exponent", &popularityExponent)
        try fields.read("recency.weight", &recencyWeight)
        try fields.read("recency.half.life.days", &recencyHalfLifeDays)
        try fields.read("diversity.lambda", &diversityLambda)
        try fields.read("category.limit", &categoryLimit)
        try fields.read("category.depth", &categoryDepth)
        try fields.read("rotation.temperature", &rotationTemperature)
    }

    /// Writes all fields.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: PlanKey.self)
        try fields.encode(popularityExponent, forKey: "popularity.exponent")
        try fields.encode(recencyWeight, forKey: "recency.weight")
        try fields.encode(recencyHalfLifeDays, forKey: "recency.half.life.days")
        try fields.encode(diversityLambda, forKey: "diversity.lambda")
        try fields.encode(categoryLimit, forKey: "category.limit")
        try fields.encode(categoryDepth, forKey: "category.depth")
        try fields.encode(rotationTemperature, forKey: "rotation.temperature")
    }

    func validate(_ path: String) throws(PlanError) {
        try PlanCheck.number(popularityExponent, in: 0...10, "\(path).popularity.exponent")
        try PlanCheck.number(recencyWeight, in: 0...1000, "\(path).recency.weight")
        try PlanCheck.number(recencyHalfLifeDays, in: 0.001...100_000, "\(path).recency.half.life.days")
        try PlanCheck.number(diversityLambda, in: 0...1, "\(path).diversity.lambda")
        try PlanCheck.count(categoryLimit, in: 0...1000, "\(path).category.limit")
        try PlanCheck.count(categoryDepth, in: 0...1000, "\(path).category.depth")
        try PlanCheck.number(rotationTemperature, in: 0...100, "\(path).rotation.temperature")
    }
}

/// Which places of a list go to items that nobody has used yet: otherwise only their content could bring them up.
public struct ExplorationPlan: Hashable, Sendable, Codable {
    /// The first place that goes to a new item, from 1; 0 for none.
    public var first: Int
    /// How many places on the next one follows; 0 for one place only.
    public var every: Int
    /// From how many of the newest items they are drawn, anew for each revision of a profile.
    public var pool: Int
    /// How many days after its `createdAt` an item that a model knows, and nobody has used, still counts as new; 0 for none.
    public var days: Double

    /// Creates places.
    public init(first: Int = 10, every: Int = 20, pool: Int = 100, days: Double = 30) {
        self.first = first
        self.every = every
        self.pool = pool
        self.days = days
    }

    /// Reads a section.
    public init(from decoder: any Decoder) throws {
        self.init()
        let fields = try PlanFields(decoder, known: ["first", "every", "pool", "days"])
        try fields.read("first", &first)
        try fields.read("every", &every)
        try fields.read("pool", &pool)
        try fields.read("days", &days)
    }

    func validate(_ path: String) throws(PlanError) {
        try PlanCheck.count(first, in: 0...1000, "\(path).first")
        try PlanCheck.count(every, in: 0...1000, "\(path).every")
        try PlanCheck.count(pool, in: 1...100_000, "\(path).pool")
        try PlanCheck.number(days, in: 0...100_000, "\(path).days")
    }

    /// The places, from 0, in a list of `length`.
    func places(in length: Int) -> [Int] {
        guard first > 0, first <= length else { return [] }
        guard every > 0 else { return [first - 1] }
        return Array(stride(from: first - 1, to: length, by: every))
    }
}
