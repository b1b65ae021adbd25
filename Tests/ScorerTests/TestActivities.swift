import Events
import Profiles
import Recommenders

@testable import Scorer

/// Activities with coordinates that count up, and policies as they are by default.
struct TestActivities {
    private var next: Int64 = 0

    static let taste: TastePolicy = {
        guard let decay = try? TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1) else { preconditionFailure() }
        return TastePolicy(weights: .standard, decay: decay)
    }()

    /// An activity one second after the one before.
    mutating func make(
        _ user: String,
        _ type: EventType,
        _ item: String,
        value: Double? = nil,
        at milliseconds: Int64? = nil
    ) -> Activity {
        next += 1
        let time = Timestamp(milliseconds: milliseconds ?? 1_700_000_000_000 + next * 1000)
        return Activity(
            event: Event(
                eventID: "e\(next)",
                type: type,
                userID: user,
                itemID: item,
                value: value,
                timestamp: time
            ),
            user: UserKey(userID: user),
            source: SourceCoordinates(generation: 1, topic: .feedback, partition: 0, offset: next),
            receivedAt: time,
            session: Activity.Session(id: "s", start: time)
        )
    }

    /// Two crowds: the users of each rate eight of its ten items.
    mutating func twoWorlds(users: Int = 40) -> [Activity] {
        var activities: [Activity] = []
        for user in 0..<users {
            for step in 0..<8 {
                let item = (user * 3 + step) % 10
                let world = user.isMultiple(of: 2) ? "a" : "b"
                activities.append(make("u\(user)", .rating, "\(world)\(item)", value: 4 + Double(step % 2)))
            }
        }
        return activities
    }

    /// The matrix of some activities.
    static func matrix(_ activities: [Activity]) -> ActivityMatrix {
        var matrix = ActivityMatrix()
        for activity in activities { matrix.apply(activity, policy: taste) }
        return matrix
    }

    /// The profile of some activities of one user.
    static func profile(_ activities: [Activity]) -> UserProfile {
        var profile = UserProfile(firstEventAt: activities.first?.effectiveTime ?? Timestamp(milliseconds: 0))
        for activity in activities { profile.apply(activity, policy: ProfilePolicy()) }
        return profile
    }

    /// A small model of two worlds.
    static func model(version: UInt64 = 1) throws -> TrainedModel {
        var activities = TestActivities()
        let set = try TrainingSet(matrix(activities.twoWorlds()), policy: taste)
        return try ModelFit(als: ALSParameters(factors: 8, regularization: 5))(
            set,
            version: version,
            context: FitContext()
        )
    }
}
