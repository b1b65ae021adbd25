public import Events
import Profiles
public import Ranking
public import Recommenders
public import Scoring

/// What is trained from what: indicators, window, limits, models, validation.
///
/// A value. ``fingerprint`` names it: bundles with the same one were made the same way.
public struct TrainingPlan: Hashable, Sendable {
    /// What one kind of signal counts.
    public struct Indicator: Hashable, Sendable {
        /// Multiplies the weights of the kind's events; 0 leaves the kind out.
        public var weight: Double
        /// The age at which a signal of this kind counts half.
        public var halfLifeSeconds: Double

        /// Creates an indicator.
        public init(weight: Double = 1, halfLifeSeconds: Double = 30 * 86_400) {
            self.weight = weight
            self.halfLifeSeconds = halfLifeSeconds
        }
    }

    /// What bounds the memory of matrix and training.
    public struct Limits: Hashable, Sendable {
        /// Pairs of item and kind kept per user, the latest.
        public var itemsPerUser = 2_000
        /// Users kept, those of the latest signals.
        public var users = 1_000_000
        /// Visits kept per user to learn sessions from, the latest.
        public var visitsPerUser = 100
        /// Visits of one session that count, the latest.
        public var visitsPerSession = 50
        /// Sessions that are learned from, the newest.
        public var sessions = 1_000_000
        /// Users from whose histories the order of items is learned, those of the latest signals.
        public var histories = 50_000
        /// Catalog entries that are read.
        public var catalogItems = 200_000

        /// Creates the default limits.
        public init() {}
    }

    /// Which models are fitted, and how; `nil` leaves one out.
    ///
    /// Popularity is always there.
    public struct Models: Hashable, Sendable {
        /// The factorisation.
        public var als: ALSParameters? = ALSParameters()
        /// The neighbours of each item.
        public var neighbours: NeighbourhoodParameters? = NeighbourhoodParameters()
        /// The linear autoencoder, dense in the items: for small catalogs.
        public var ease: EASEModel.Parameters?
        /// How many weights of each item of the autoencoder are kept, the largest.
        public var easeKeeps = 500
        /// The sessions most like the open one.
        public var sessions: VMISKNNParameters? = VMISKNNParameters()
        /// The histories most like the user's, in their order.
        public var sequences: STANParameters? = STANParameters(
            recentSessions: 5_000,
            neighbours: 200,
            lastClicks: 10,
            clickDecay: 10,
            recencyDays: 365,
            placeDecay: 4,
            matchDecay: nil,
            idfWeight: 0
        )
        /// What is used some steps after an item.
        public var rules: SequentialRulesParameters? = SequentialRulesParameters(
            steps: 10,
            weighting: .logarithmic,
            lastClicks: 5,
            clickWeighting: .inverse
        )
        /// What each kind of signal says of the kind that matters most.
        public var cco: CCOParameters?
        /// What items are.
        public var content: ContentParameters? = ContentParameters()
        /// What orders the candidates of all sources; it is left out again where lists are no better with it.
        public var ranker: RankerParameters?
        /// Whether artefacts keep the vectors of the factorisation in a byte per number.
        public var quantizesFactors = false

        /// The default models.
        public init() {}

        var needsHistories: Bool { sequences != nil || rules != nil }
    }

    /// How a training is judged before it is published.
    public struct Validation: Hashable, Sendable {
        /// The share of the signals, the newest, that is held out; 0 validates nothing.
        public var share = 0.1
        /// The most users that are asked, a random sample.
        public var users = 500
        /// Figures of fewer users refuse nothing.
        public var minimumUsers = 50

        /// The default validation.
        public init() {}
    }

    /// What a signal of each kind counts.
    public var indicators: [SignalKind: Indicator]
    /// The kind of each type of event that is not of the kind that ``SignalKind/init(of:)`` says.
    public var kinds: [EventType: SignalKind] = [:]
    /// How strengths are read; its weights are those of the plan.
    public var taste: TastePolicy
    /// Signals that are older than the newest by more than this are left out; `nil` for none.
    public var windowSeconds: Double?
    /// What bounds memory.
    public var limits = Limits()
    /// What is fitted.
    public var models = Models()
    /// How it is judged.
    public var validation = Validation()
    /// Where random numbers start.
    public var seed: UInt64 = 42

    /// The default plan: all kinds with the taste's half-life.
    public init(taste: TastePolicy) {
        self.taste = taste
        indicators = Dictionary(
            uniqueKeysWithValues: SignalKind.allCases.map {
                ($0, Indicator(halfLifeSeconds: taste.decay.halfLifeSeconds))
            }
        )
    }

    /// The kind of a type of event.
    public func kind(of type: EventType) -> SignalKind { kinds[type] ?? SignalKind(of: type) }

    /// A type of event that is of this kind, the usual one if it is.
    func type(of kind: SignalKind) -> EventType {
        let usual: EventType =
            switch kind {
            case .views: .view
            case .engagement: .click
            case .conversions: .purchase
            case .feedback: .like
            }
        guard self.kind(of: usual) != kind else { return usual }
        return kinds.filter { $0.value == kind }.map(\.key).min { $0.rawValue < $1.rawValue } ?? usual
    }

    /// The indicator of a kind.
    public func indicator(_ kind: SignalKind) -> Indicator { indicators[kind] ?? Indicator() }

    /// The time from which signals count, where the newest is at `newest`.
    func windowStart(newest: Int64) -> Int64 {
        guard let windowSeconds, newest > .min else { return .min }
        return newest - Int64(windowSeconds * 1000)
    }

    /// What a sum of strengths of one kind counts at an age, with the taste's floor and cap.
    func weight(_ strength: Double, _ kind: SignalKind, age milliseconds: Int64) -> Double {
        let indicator = indicator(kind)
        let factor = TimeDecay.factor(
            ageSeconds: Double(milliseconds) / 1000,
            halfLifeSeconds: indicator.halfLifeSeconds
        )
        return indicator.weight * min(taste.cap, strength) * max(taste.decay.floor, factor)
    }
}

extension TrainingPlan {
    /// What decides how the matrix folds events: a snapshot of another one cannot be used.
    public var matrixFingerprint: String {
        let weights = taste.weights.weights.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
        let rejecting = taste.weights.rejecting.map(\.rawValue).sorted()
        let kinds = kinds.map { "\($0.key.rawValue)=\($0.value.name)" }.sorted()
        let decays = SignalKind.allCases.map { "\(indicator($0).halfLifeSeconds)" }
        return Self.hash("\(weights) \(rejecting) \(kinds) \(decays) \(taste.positiveStars)")
    }

    /// Names the plan: the same for the same plan, in every process.
    public var fingerprint: String {
        let counts = SignalKind.allCases.map { "\(indicator($0).weight)" }
        return Self.hash(
            "\(matrixFingerprint) \(counts) \(taste.cap) \(taste.decay) \(String(describing: windowSeconds)) \(limits) "
                + "\(models) \(validation) \(seed)"
        )
    }

    /// FNV-1a, in hexadecimal.
    private static func hash(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
