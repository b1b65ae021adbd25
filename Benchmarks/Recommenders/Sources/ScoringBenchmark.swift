import Events
import Foundation
import Profiles
import Recommenders
import Scoring

/// Times making a list, from the profile to the finished list with reasons: `scoring [ITEMS …]`, by default 10000 100000.
///
/// Synthetic: 20,000 users with 40 items each, drawn so that few items are popular; all models of the standard training
/// plan. Redis and Kafka have no part in it. One line per size:
/// lists per second on one core, percentiles of the microseconds per list, and the mean of each stage; all in processor time, so that
/// other programs do not count.
enum ScoringBenchmark {
    private static let lists = 2_000

    static func run(_ arguments: [String]) throws {
        let sizes = arguments.isEmpty ? [10_000, 100_000] : arguments.compactMap(Int.init)
        for size in sizes { try measure(itemCount: size) }
    }

    private static func measure(itemCount: Int) throws {
        let histories = SyntheticBundle.histories(itemCount: itemCount)
        let bundle = try SyntheticBundle.make(itemCount: itemCount, histories: histories)
        let pipeline = ListPipeline(
            bundle: bundle,
            taste: TastePolicy(weights: .standard, decay: try TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1)),
            exclusion: ExclusionPolicy(excludesSeen: true)
        )
        let trends = pipeline.trends(bundle.itemIDs.prefix(100).map { (id: $0, score: 1) })
        let requests = histories.prefix(lists).enumerated().map { user, history in
            ListRequest(
                user: UserKey(userID: "u\(user)"),
                profile: profile(history),
                trends: trends,
                now: Timestamp(milliseconds: 1_700_000_100_000)
            )
        }
        let stages = Stages()
        let clock = StageClock(now: processorNanoseconds, observe: { stages.add($0, $1) })
        var times: [Double] = []
        for round in 0...1 {
            for request in requests {
                let began = processorNanoseconds()
                let draft = try pipeline.draft(request, clock: round == 0 ? .none : clock)
                let list = draft.list(draft.propose(repeatable: []), length: 50, catalog: [:])
                let ended = processorNanoseconds()
                precondition(list.count == 50)
                if round > 0 { times.append(Double(ended - began) / 1000) }
            }
        }
        times.sort()
        let mean = times.reduce(0, +) / Double(times.count)
        func microseconds(_ share: Double) -> String { String(format: "%.0f", times[Int(Double(times.count) * share)]) }
        let parts = stages.sums.sorted { $0.value > $1.value }.map { stage, sum in
            "\"\(stage.name)\":\(String(format: "%.0f", Double(sum) / 1000 / Double(times.count)))"
        }
        print(
            """
            {"benchmark":"scoring","items":\(itemCount),"listsPerSecond":\(String(format: "%.0f", 1e6 / mean)),\
            "p50Microseconds":\(microseconds(0.5)),"p99Microseconds":\(microseconds(0.99)),\
            "stages":{\(parts.joined(separator: ","))}}
            """
        )
    }

    /// What this thread has computed so far.
    private static func processorNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func profile(_ history: [Int]) -> UserProfile {
        var profile = UserProfile(firstEventAt: Timestamp(milliseconds: 1_700_000_000_000))
        for (place, item) in history.enumerated() {
            profile.items["item-\(item)"] = ItemSignal(
                type: .like,
                strength: 4,
                lastTime: Timestamp(milliseconds: 1_700_000_000_000 + Int64(place) * 1000)
            )
        }
        profile.revision = UInt64(history.count)
        return profile
    }
}

/// The time that each stage took in all; one thread adds.
private final class Stages: @unchecked Sendable {
    private(set) var sums: [PipelineStage: UInt64] = [:]

    func add(_ stage: PipelineStage, _ nanoseconds: UInt64) { sums[stage, default: 0] += nanoseconds }
}
