import Ranking
import Recommenders
import ServiceSupport
import Training

/// The models of a plan: each with its parameters, `true` for the default ones, `false` to leave it out.
struct ModelsPart: Decodable {
    var models = TrainingPlan.Models()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case als, neighbours, ease, sessions, sequences, rules, cco, content, ranker
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        models.als = try Self.model(ALSPart.self, .als, fields, default: models.als, standard: ALSParameters())
        models.quantizesFactors = try Self.option(ALSPart.self, .als, fields)?.isQuantized ?? false
        models.easeKeeps = try Self.option(EASEPart.self, .ease, fields)?.kept ?? models.easeKeeps
        models.ranker = try Self.model(RankerPart.self, .ranker, fields, default: nil, standard: RankerParameters())
        models.neighbours = try Self.model(
            NeighboursPart.self,
            .neighbours,
            fields,
            default: models.neighbours,
            standard: NeighbourhoodParameters()
        )
        models.ease = try Self.model(EASEPart.self, .ease, fields, default: models.ease, standard: .init())
        models.sessions = try Self.model(
            SessionsPart.self,
            .sessions,
            fields,
            default: models.sessions,
            standard: VMISKNNParameters()
        )
        models.sequences = try Self.model(
            SequencesPart.self,
            .sequences,
            fields,
            default: models.sequences,
            standard: TrainingPlan.Models().sequences ?? STANParameters()
        )
        models.rules = try Self.model(
            RulesPart.self,
            .rules,
            fields,
            default: models.rules,
            standard: TrainingPlan.Models().rules ?? SequentialRulesParameters()
        )
        models.cco = try Self.model(CCOPart.self, .cco, fields, default: nil, standard: CCOParameters())
        models.content = try Self.model(
            ContentPart.self,
            .content,
            fields,
            default: models.content,
            standard: ContentParameters()
        )
    }

    /// What a part says beside the model's own parameters; `nil` where only `true` or `false` stands there.
    private static func option<Part: ModelPart>(
        _ part: Part.Type,
        _ key: CodingKeys,
        _ fields: KeyedDecodingContainer<CodingKeys>
    ) throws -> Part? {
        guard fields.contains(key), (try? fields.decode(Bool.self, forKey: key)) == nil else { return nil }
        return try fields.decode(Part.self, forKey: key)
    }

    private static func model<Part: ModelPart>(
        _ part: Part.Type,
        _ key: CodingKeys,
        _ fields: KeyedDecodingContainer<CodingKeys>,
        default defaultValue: Part.Parameters?,
        standard: Part.Parameters
    ) throws -> Part.Parameters? {
        guard fields.contains(key) else { return defaultValue }
        if let isWanted = try? fields.decode(Bool.self, forKey: key) { return isWanted ? standard : nil }
        return try fields.decode(Part.self, forKey: key).parameters
    }
}

/// The parameters of one model.
private protocol ModelPart: Decodable {
    associatedtype Parameters
    var parameters: Parameters { get }
}

private struct ALSPart: ModelPart {
    var parameters = ALSParameters()
    /// Whether artefacts keep a byte per number.
    var isQuantized = false

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case factors, iterations, regularization, alpha, unobserved, exponent, quantized
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.factors = try fields.decode(.factors, default: 64, in: 1...1_024)
        parameters.iterations = try fields.decode(.iterations, default: 10, in: 1...1_000)
        parameters.regularization = try fields.decode(.regularization, default: 20, in: 1e-6...1e6)
        parameters.confidence = .linear(alpha: try fields.decode(.alpha, default: 1, in: 0...1e6))
        isQuantized = try fields.decodeIfPresent(Bool.self, forKey: .quantized) ?? false
        guard fields.contains(.unobserved) else { return }
        parameters.objective = .frequencyScaled(
            unobserved: try fields.decode(.unobserved, default: 0.1, in: 1e-6...1e3),
            exponent: try fields.decode(.exponent, default: 1, in: 0...4)
        )
    }
}

private struct NeighboursPart: ModelPart {
    var parameters = NeighbourhoodParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable { case neighbours, shrinkage }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.neighbours = try fields.decode(.neighbours, default: 100, in: 1...10_000)
        parameters.shrinkage = try fields.decode(.shrinkage, default: 10, in: 0...1e6)
    }
}

private struct CCOPart: ModelPart {
    var parameters = CCOParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable { case indicators, threshold }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.indicators = try fields.decode(.indicators, default: 50, in: 1...10_000)
        parameters.threshold = try fields.decode(.threshold, default: 0, in: 0...1e6)
    }
}

private struct EASEPart: ModelPart {
    var parameters = EASEModel.Parameters()
    /// How many weights of each item stay.
    var kept = TrainingPlan.Models().easeKeeps

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case regularization
        case kept = "keep"
        case memoryLimit = "memory.limit"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.regularization = try fields.decode(.regularization, default: 300, in: 1e-3...1e9)
        kept = try fields.decode(.kept, default: kept, in: 1...1_000_000)
        parameters.memoryLimit = try fields.decode(.memoryLimit, default: 4 << 30, in: 1...1 << 50)
    }
}

private struct SessionsPart: ModelPart {
    var parameters = VMISKNNParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case neighbours
        case recentSessions = "recent.sessions"
        case lastClicks = "last.clicks"
        case maximumAge = "age.max"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.neighbours = try fields.decode(.neighbours, default: 50, in: 1...10_000)
        parameters.recentSessions = try fields.decode(.recentSessions, default: 500, in: 1...1_000_000)
        parameters.lastClicks = try fields.decode(.lastClicks, default: 2, in: 1...100)
        if fields.contains(.maximumAge) {
            let age = try fields.decode(.maximumAge, default: .zero, in: .seconds(3600) ... .seconds(36_500 * 86_400))
            parameters.maximumAgeDays = Double(age.components.seconds) / 86_400
        }
    }
}

private struct RankerPart: ModelPart {
    var parameters = RankerParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case rounds, depth
        case learningRate = "learning.rate"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.rounds = try fields.decode(.rounds, default: parameters.rounds, in: 1...10_000)
        parameters.depth = try fields.decode(.depth, default: parameters.depth, in: 1...16)
        parameters.learningRate = try fields.decode(.learningRate, default: parameters.learningRate, in: 1e-4...1)
    }
}

private struct SequencesPart: ModelPart {
    var parameters = TrainingPlan.Models().sequences ?? STANParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case neighbours
        case recentSessions = "recent.histories"
        case lastClicks = "last.items"
        case clickDecay = "decay.items"
        case placeDecay = "decay.places"
        case recencyDays = "decay.days"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.neighbours = try fields.decode(.neighbours, default: parameters.neighbours, in: 1...10_000)
        parameters.recentSessions = try fields.decode(
            .recentSessions,
            default: parameters.recentSessions,
            in: 1...1_000_000
        )
        parameters.lastClicks = try fields.decode(.lastClicks, default: parameters.lastClicks, in: 1...100)
        parameters.clickDecay = try fields.decode(.clickDecay, default: parameters.clickDecay ?? 10, in: 1e-3...1e6)
        parameters.placeDecay = try fields.decode(.placeDecay, default: parameters.placeDecay ?? 4, in: 1e-3...1e6)
        parameters.recencyDays = try fields.decode(
            .recencyDays,
            default: parameters.recencyDays ?? 365,
            in: 1e-3...1e6
        )
    }
}

private struct RulesPart: ModelPart {
    var parameters = TrainingPlan.Models().rules ?? SequentialRulesParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case steps, weighting
        case lastClicks = "last.items"
        case clickWeighting = "last.weighting"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.steps = try fields.decode(.steps, default: parameters.steps, in: 1...1_000)
        parameters.lastClicks = try fields.decode(.lastClicks, default: parameters.lastClicks, in: 1...100)
        parameters.weighting = try fields.weighting(.weighting, default: parameters.weighting)
        parameters.clickWeighting = try fields.weighting(.clickWeighting, default: parameters.clickWeighting)
    }
}

extension KeyedDecodingContainer {
    /// How a weight falls with a distance, by its name.
    fileprivate func weighting(
        _ key: Key,
        default value: SequentialRulesParameters.Weighting
    ) throws -> SequentialRulesParameters.Weighting {
        guard let name = try decodeIfPresent(String.self, forKey: key) else { return value }
        guard let weighting = SequentialRulesParameters.Weighting(rawValue: name) else {
            let known = SequentialRulesParameters.Weighting.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "\(name) is none of \(known)"
            )
        }
        return weighting
    }
}

private struct ContentPart: ModelPart {
    var parameters = ContentParameters()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case text, tags, creators
        case latentDimensions = "latent.dimensions"
        case minimumItems = "items.min"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        parameters.weights.text = try fields.decode(.text, default: 1, in: 0...1e6)
        parameters.weights.tags = try fields.decode(.tags, default: 1, in: 0...1e6)
        parameters.weights.creators = try fields.decode(.creators, default: 1, in: 0...1e6)
        parameters.latentDimensions = try fields.decode(.latentDimensions, default: 0, in: 0...1_024)
        parameters.minimumItems = try fields.decode(.minimumItems, default: 1, in: 1...1_000_000)
    }
}
