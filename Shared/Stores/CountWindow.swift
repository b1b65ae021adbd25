public import Events

/// A tumbling window in which item counts are kept.
public enum CountWindow: String, CaseIterable, Hashable, Sendable {
    /// One hour.
    case hour = "h"
    /// One day (UTC).
    case day = "d"
    /// Seven days, counted from the epoch's Thursday.
    case week = "w"

    /// The window's length.
    public var milliseconds: Int64 {
        switch self {
        case .hour: 3_600_000
        case .day: 86_400_000
        case .week: 7 * 86_400_000
        }
    }

    /// How long a window is kept after its start: two days, five weeks, half a year.
    public var retentionMilliseconds: Int64 {
        switch self {
        case .hour: 48 * 3_600_000
        case .day: 35 * 86_400_000
        case .week: 26 * 7 * 86_400_000
        }
    }

    /// The start of the window that `time` falls into.
    public func start(of time: Timestamp) -> Timestamp {
        let remainder = ((time.milliseconds % milliseconds) + milliseconds) % milliseconds
        return Timestamp(milliseconds: time.milliseconds - remainder)
    }
}

/// Some of the windows, as a set.
public struct CountWindows: OptionSet, Hashable, Sendable {
    /// A bit for each window, in the order of ``CountWindow/allCases``.
    public let rawValue: UInt8

    /// Creates a set from its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A set of one.
    public init(_ window: CountWindow) {
        rawValue =
            switch window {
            case .hour: 1
            case .day: 2
            case .week: 4
            }
    }

    /// All of them.
    public static let all = CountWindows(rawValue: 7)

    /// How many they are.
    public var count: Int { rawValue.nonzeroBitCount }
}

/// What is counted per item and window.
public enum ItemMetric: String, CaseIterable, Hashable, Sendable {
    /// The item was shown in a list.
    case impressions = "i"
    /// The item was looked at.
    case views = "v"
    /// The item was clicked.
    case clicks = "c"
    /// Engagement and feedback.
    case engagements = "e"
    /// Conversions.
    case conversions = "k"

    /// The metric that events of a source topic count for; `nil` for events about users.
    public init?(_ topic: SignalTopic) {
        switch topic {
        case .views: self = .views
        case .clicks: self = .clicks
        case .engagement, .feedback: self = .engagements
        case .conversions: self = .conversions
        case .impressions: self = .impressions
        case .users: return nil
        }
    }
}
