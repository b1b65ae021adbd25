import Events
import Foundation
import Profiles
import Recommenders
import Scoring
import Training

// A day of activity through the matrix and the default plan, as the trainer does it: prints seconds, bytes of the matrix and peak
// resident memory. Arguments: events (1,000,000), users (100,000), items (20,000), threads (all cores but one).

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

func status(_ field: String) -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
    return Double(line.split(separator: " ").dropLast().last.map(String.init) ?? "").map { $0 / 1024 } ?? 0
}

func show(_ name: String, _ seconds: Double) {
    let text = String(format: "%9.2f s", seconds)
    let memory = String(format: "%6.0f MB now, %6.0f MB at most", status("VmRSS:"), status("VmHWM:"))
    print("  \(name.padding(toLength: 24, withPad: " ", startingAt: 0))\(text)   \(memory)")
}

let numbers = CommandLine.arguments.dropFirst().compactMap(Int.init)
let (events, users, items) = (
    numbers.first ?? 1_000_000, numbers.dropFirst().first ?? 100_000, numbers.dropFirst(2).first ?? 20_000
)
let cores = ProcessInfo.processInfo.activeProcessorCount
let threads = numbers.dropFirst(3).first ?? max(1, cores - 1)
let workers = Workers(count: threads) { count, body in
    DispatchQueue.concurrentPerform(iterations: count) { body($0) }
}
let taste = TastePolicy(
    weights: .standard,
    decay: try TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1)
)
let plan = TrainingPlan(taste: taste)
let clock = ContinuousClock()
let start = clock.now
func seconds() -> Double { (clock.now - start) / .seconds(1) }

print(
    "\(events) activities of \(users) users and \(items) items, \(threads) of \(cores) cores; \(Int(status("VmRSS:"))) MB at the start"
)
var matrix = ActivityMatrix()
try SyntheticDay(users: users, items: items).forEach(events) { bytes, source in
    matrix.apply(try ActivityCodec.decode(bytes, source: source), plan: plan)
}
show("made, read and folded", seconds())
print(
    "  matrix: \(matrix.userCount) users, \(matrix.itemIDs.count) items, \(matrix.entryCount) entries, \(matrix.bytes) bytes"
)
let snapshotStart = seconds()
let snapshot = MatrixSnapshot(origin: "bench", matrix: matrix).encoded()
show("snapshot", seconds() - snapshotStart)
print("  snapshot: \(snapshot.count) bytes")

let run = TrainingRun(
    plan: plan,
    pipeline: { ListPipeline(bundle: $0, taste: taste, exclusion: ExclusionPolicy(excludesSeen: true)) },
    publicationGuard: PublicationGuard(),
    now: { (ContinuousClock().now - start) / .seconds(1) }
)
let context = FitContext(seed: plan.seed, workers: workers, isCancelled: { false })
var total = seconds()
let first = try run(TrainingRun.Input(matrix: matrix), context: context)
show("first training", seconds() - total)
total = seconds()
let second = try run(TrainingRun.Input(matrix: matrix, serving: first.bundle.withVersion(1)), context: context)
let interval = seconds() - total
show("training, with guard", interval)
for (step, seconds) in second.bundle.info.seconds.sorted(by: { $0.value > $1.value }) {
    print(String(format: "    %6.2f s  ", seconds) + step)
}
for (model, figures) in second.bundle.info.validation.sorted(by: { $0.key < $1.key }) {
    print("    \(model): \(figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
}
let artefact = second.bundle.artefact()
print("  artefact: \(artefact.count) bytes")
print(
    String(
        format: "a training of %d activities takes %.1f s of the interval of 60 s and %.0f MB at most",
        events,
        interval,
        status("VmHWM:")
    )
)
exit(interval <= 60 ? 0 : 1)
