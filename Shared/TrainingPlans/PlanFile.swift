import Events
import Profiles
import Recommenders
public import Scoring
import ServiceSupport
public import Training

/// A training plan as it stands in a file; `docs/models.md` lists the keys.
///
/// What a file leaves out has the default of ``TrainingPlan``. An unknown key or a value out of range is an error with its line.
public struct PlanFile: Decodable {
    private var interval: Duration
    private var windowSeconds: Double?
    private var indicators: [SignalKind: IndicatorPart] = [:]
    private var limits: TrainingPlan.Limits
    private var models: TrainingPlan.Models
    private var validation: TrainingPlan.Validation
    private var seed: Int

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case interval, window, indicators, limits, models, validation, seed
    }

    /// Reads the root of the file.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        interval = try fields.decode(.interval, default: .seconds(60), in: TrainingPlanSettings.intervals)
        if fields.contains(.window) {
            let window = try fields.decode(.window, default: .zero, in: .seconds(3600) ... .seconds(36_500 * 86_400))
            windowSeconds = Double(window.components.seconds)
        }
        if let parts = try fields.decodeIfPresent(IndicatorParts.self, forKey: .indicators) { indicators = parts.kinds }
        limits = try fields.decode(.limits, default: LimitsPart()).limits
        models = try fields.decode(.models, default: ModelsPart()).models
        validation = try fields.decode(.validation, default: ValidationPart()).validation
        seed = try fields.decode(.seed, default: 42, in: 0...Int.max)
    }

    /// The plan, and how often it is carried out; `taste` has the weights that the file does not speak of.
    public func plan(taste: TastePolicy) -> (plan: TrainingPlan, interval: Duration) {
        var plan = TrainingPlan(taste: taste)
        for (kind, part) in indicators {
            plan.indicators[kind] = TrainingPlan.Indicator(weight: part.weight, halfLifeSeconds: part.halfLifeSeconds)
            guard let events = part.events else { continue }
            // The list is the kind's: what else would belong to it counts nothing.
            for type in plan.taste.weights.weights.keys where SignalKind(of: type) == kind {
                if (plan.taste.weights.weights[type] ?? 0) > 0, events[type] == nil {
                    plan.taste.weights.weights[type] = nil
                }
            }
            for (type, weight) in events {
                plan.taste.weights.weights[type] = weight
                plan.kinds[type] = kind
            }
        }
        plan.windowSeconds = windowSeconds
        (plan.limits, plan.models, plan.validation) = (limits, models, validation)
        plan.seed = UInt64(seed)
        return (plan, interval)
    }
}

/// Indicators by the name of their kind.
private struct IndicatorParts: Decodable {
    var kinds: [SignalKind: IndicatorPart] = [:]

    private enum CodingKeys: String, CodingKey, CaseIterable { case views, engagement, conversions, feedback }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases {
            guard let part = try fields.decodeIfPresent(IndicatorPart.self, forKey: key),
                let kind = SignalKind(name: key.rawValue)
            else { continue }
            kinds[kind] = part
        }
    }
}

private struct IndicatorPart: Decodable {
    var weight: Double
    var halfLifeSeconds: Double
    var events: [EventType: Double]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case weight, events
        case halfLife = "half.life"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        weight = try fields.decode(.weight, default: 1, in: 0...1_000)
        let halfLife = try fields.decode(
            .halfLife,
            default: .seconds(30 * 86_400),
            in: .seconds(60) ... .seconds(3_650 * 86_400)
        )
        halfLifeSeconds = Double(halfLife.components.seconds)
        guard let weights = try fields.decodeIfPresent([String: Double].self, forKey: .events) else { return }
        var events: [EventType: Double] = [:]
        for (name, weight) in weights {
            let type = EventType(rawValue: name)
            guard type.isWellFormed, weight.isFinite, weight > 0, weight <= 1_000 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .events,
                    in: fields,
                    debugDescription: "\(name): \(weight) is not a type of event with a weight above 0, up to 1000"
                )
            }
            events[type] = weight
        }
        self.events = events
    }
}

private struct LimitsPart: Decodable {
    var limits = TrainingPlan.Limits()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case users, sessions, histories
        case itemsPerUser = "items.per.user"
        case visitsPerUser = "visits.per.user"
        case visitsPerSession = "visits.per.session"
        case catalogItems = "catalog.items"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        limits.users = try fields.decode(.users, default: limits.users, in: 1...100_000_000)
        limits.sessions = try fields.decode(.sessions, default: limits.sessions, in: 1...10_000_000)
        limits.histories = try fields.decode(.histories, default: limits.histories, in: 1...10_000_000)
        limits.itemsPerUser = try fields.decode(.itemsPerUser, default: limits.itemsPerUser, in: 1...100_000)
        limits.visitsPerUser = try fields.decode(.visitsPerUser, default: limits.visitsPerUser, in: 0...10_000)
        limits.visitsPerSession = try fields.decode(.visitsPerSession, default: limits.visitsPerSession, in: 2...1_000)
        limits.catalogItems = try fields.decode(.catalogItems, default: limits.catalogItems, in: 0...10_000_000)
    }
}

private struct ValidationPart: Decodable {
    var validation = TrainingPlan.Validation()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case share, users
        case minimumUsers = "users.min"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: CodingKeys.self)
        validation.share = try fields.decode(.share, default: validation.share, in: 0...0.5)
        validation.users = try fields.decode(.users, default: validation.users, in: 1...100_000)
        validation.minimumUsers = try fields.decode(.minimumUsers, default: validation.minimumUsers, in: 2...100_000)
    }
}
