public import Events
public import Profiles
public import Recommenders
public import Scoring

/// Activities with coordinates that count up, and policies as they are by default.
public struct TestActivities: Sendable {
    private var next: Int64 = 0

    /// Begins with offset one.
    public init() {}

    /// The default policy.
    public static let taste: TastePolicy = {
        guard let decay = try? TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1) else { preconditionFailure() }
        return TastePolicy(weights: .standard, decay: decay)
    }()

    /// An activity one second after the one before.
    public mutating func make(
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
    public mutating func twoWorlds(users: Int = 40) -> [Activity] {
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

    /// The profile of some activities of one user.
    public static func profile(_ activities: [Activity]) -> UserProfile {
        var profile = UserProfile(firstEventAt: activities.first?.effectiveTime ?? Timestamp(milliseconds: 0))
        for activity in activities { profile.apply(activity, policy: ProfilePolicy()) }
        return profile
    }

    /// Which of the two worlds' users interacted with what: the matrix behind ``bundle(version:)``.
    public static func matrix() throws -> (itemIDs: [String], matrix: InteractionMatrix) {
        var activities = TestActivities()
        let rated = activities.twoWorlds()
        let itemIDs = Set(rated.compactMap(\.event.itemID)).sorted()
        let users = Set(rated.map(\.user.rawValue)).sorted()
        let interactions = rated.map { activity in
            Interaction(
                user: users.firstIndex(of: activity.user.rawValue) ?? 0,
                item: itemIDs.firstIndex(of: activity.event.itemID ?? "") ?? 0,
                weight: Float(activity.event.value ?? 1)
            )
        }
        let matrix = try InteractionMatrix(
            userCount: users.count,
            itemCount: itemIDs.count,
            interactions: interactions
        )
        return (itemIDs, matrix)
    }

    /// A small bundle of two worlds.
    public static func bundle(version: UInt64 = 1) throws -> ModelBundle {
        let (itemIDs, matrix) = try matrix()
        return try ModelBundle(
            version: version,
            itemIDs: itemIDs,
            models: ModelBundle.Models(
                als: ALSModel.fit(matrix, parameters: ALSParameters(factors: 8, regularization: 5)),
                neighbours: ItemKNNModel.fit(matrix),
                popularity: PopularityModel.fit(matrix)
            )
        )
    }
}
