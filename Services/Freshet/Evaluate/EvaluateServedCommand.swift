import ArgumentParser
import Events
import Foundation
import PublishedLists
import Redis
import ServiceSupport
import Stores

/// The command `freshet evaluate served`.
struct EvaluateServedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "served",
        abstract: "Makes users' lists from the published artefact and compares them with the served ones.",
        discussion: """
            Item for item, with sources and reasons, by the code that the scorer runs: what stands in Redis and, with --server, \
            what a client gets over HTTP. Lists of an older profile or model are passed over. Ends with 1 when a list \
            differs, or when none could be compared. Give the settings of the scorer: weights, half-life, plan.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "Users; without any, some of those that Redis holds.")
    var users: [String] = []

    @Option(help: ArgumentHelp("How many users, where none are named.", valueName: "n"))
    var count = 50

    @Option(help: ArgumentHelp("A server that is asked as well, such as http://127.0.0.1:8081.", valueName: "url"))
    var server: String?

    func run() async throws {
        let served = try server.map { address throws in
            guard let url = URL(string: address), url.host() != nil else {
                throw ValidationError("--server '\(address)' is no URL such as http://127.0.0.1:8081")
            }
            return ServedLists(server: url)
        }
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
            var verdicts = try await agreement.check(chosen)
            if let served {
                for (index, user) in chosen.enumerated() {
                    guard case .agrees(let items) = verdicts[index] else { continue }
                    verdicts[index] = try await served.compare(items, of: user)
                }
            }
            return Self.report(chosen, verdicts)
        }
        if disagreements { throw ExitCode.failure }
    }

    /// Prints what differs and the sums; whether something is wrong.
    private static func report(_ users: [UserKey], _ verdicts: [ListAgreement.Verdict]) -> Bool {
        var (agreeing, differing, items, passedOver) = (0, 0, 0, [String: Int]())
        for (user, verdict) in zip(users, verdicts) {
            switch verdict {
            case .agrees(let list):
                agreeing += 1
                items += list.count
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
