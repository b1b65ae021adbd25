import ArgumentParser
import Events
import PublishedLists
import Redis
import ServiceSupport
import Stores

/// The command `freshet agreement`.
struct AgreementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreement",
        abstract: "Makes users' lists from the published artefact and compares them with the served ones.",
        discussion: """
            Item for item, with sources and reasons, by the code that the scorer runs. Lists of an older profile or model are \
            passed over. Ends with 1 when a list differs, or when none could be compared. Give the settings of the \
            scorer: weights, half-life, plan.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "Users; without any, some of those that Redis holds.")
    var users: [String] = []

    @Option(help: ArgumentHelp("How many users, where none are named.", valueName: "n"))
    var count = 50

    func run() async throws {
        let settings = try connection.settings()
        let reader = try connection.reader()
        let lists = try ListSettings(from: reader)
        let newItems = try reader.int(
            "catalog.new.items",
            default: 10_000,
            range: 0...1_000_000,
            description: "items of the catalog that lists may have beside those of the model, the newest"
        )
        let disagreements = try await settings.withRedis { redis in
            var chosen = users.map(UserKey.init(rawValue:))
            if chosen.isEmpty {
                chosen = try await Self.someUsers(count, redis: redis, keys: settings.keys)
            }
            let agreement = ListAgreement(
                redis: redis,
                keys: settings.keys,
                registry: settings.registry,
                settings: lists,
                newItems: newItems
            )
            return Self.report(chosen, try await agreement.check(chosen))
        }
        if disagreements { throw ExitCode.failure }
    }

    /// Prints what differs and the sums; whether something is wrong.
    private static func report(_ users: [UserKey], _ verdicts: [ListAgreement.Verdict]) -> Bool {
        var (agreeing, differing, items, passedOver) = (0, 0, 0, [String: Int]())
        for (user, verdict) in zip(users, verdicts) {
            switch verdict {
            case .agrees(let count):
                agreeing += 1
                items += count
            case .notComparable(let why): passedOver[why, default: 0] += 1
            case .differs(let place, let expected, let found):
                differing += 1
                print("\(user.rawValue): place \(place + 1) is \(found), expected \(expected)")
            }
        }
        for (why, count) in passedOver.sorted(by: { $0.key < $1.key }) { print("passed over: \(count), \(why)") }
        print("\(agreeing) lists agree (\(items) items), \(differing) differ")
        return differing > 0 || agreeing == 0
    }

    private static func someUsers(_ count: Int, redis: RedisClient, keys: KeySpace) async throws -> [UserKey] {
        var users: Set<UserKey> = []
        for try await page in redis.scan(match: keys.allProfiles) {
            for key in page where users.count < count {
                if let user = keys.user(of: key) { users.insert(user) }
            }
            if users.count >= count { break }
        }
        return users.sorted { $0.rawValue < $1.rawValue }
    }
}
