import Logging
import NIOConcurrencyHelpers
import Recommenders
import Scoring
import ServiceSupport
import Stores

/// Puts items that nobody has used yet into similar lists, by their content: lists of their own, and places in others'.
///
/// Only the instance with the trainer's role writes; it also wrote the lists that these go into.
final class NewItemLists: Sendable {
    private typealias SimilarList = (itemID: String, items: [RankedItem])

    private struct State {
        /// The items that have their places already.
        var placed: Set<String> = []
        /// Which new items the list of an item of the bundle has, best first.
        var additions: [Int: [(id: String, score: Float)]] = [:]
    }

    private let lists: RecommendationStore
    private let role: TrainerRole
    private let failures: RepeatedErrorLog
    /// Items per list.
    private let length: Int
    /// The most new items that are placed for one model.
    private let limit: Int
    private let state = NIOLockedValueBox(State())
    private static let batch = 100

    init(
        lists: RecommendationStore,
        role: TrainerRole,
        failures: RepeatedErrorLog,
        length: Int = 50,
        limit: Int = 2_000
    ) {
        self.lists = lists
        self.role = role
        self.failures = failures
        self.length = length
        self.limit = limit
    }

    /// Writes the lists of new items that have no place yet; all of them after a publication.
    func write(_ pipeline: ListPipeline, isNewModel: Bool) async {
        guard role.isHeld else { return }
        do {
            try await send(changes(pipeline, isNewModel: isNewModel))
        } catch {
            failures.log("similar lists of new items cannot be written", metadata: ["error": "\(error)"])
        }
    }

    private func send(_ changes: [SimilarList]) async throws(StoreError) {
        var start = 0
        while start < changes.count, !Task.isCancelled {
            let end = min(changes.count, start + Self.batch)
            try await lists.writeSimilar(Array(changes[start..<end]))
            start = end
        }
    }

    /// The lists that new items make necessary, and remembers that they have been made.
    private func changes(_ pipeline: ListPipeline, isNewModel: Bool) -> [SimilarList] {
        state.withLockedValue { state in
            if isNewModel { state = State() }
            return place(pipeline, &state)
        }
    }

    private func place(_ pipeline: ListPipeline, _ state: inout State) -> [SimilarList] {
        var made: [SimilarList] = []
        var changed: Set<Int> = []
        for item in pipeline.newItems.prefix(limit) where state.placed.insert(item.id).inserted {
            let neighbours = pipeline.neighbours(ofNew: item.id, limit: length)
            guard !neighbours.isEmpty else { continue }
            made.append((item.id, neighbours.map { RankedItem(itemID: pipeline.id(of: $0.item), score: $0.score) }))
            for neighbour in neighbours.prefix(length / 2) where neighbour.item < pipeline.bundle.itemIDs.count {
                var others = (state.additions[neighbour.item] ?? []) + [(item.id, neighbour.score)]
                others.sort { ($0.score, $1.id) > ($1.score, $0.id) }
                state.additions[neighbour.item] = Array(others.prefix(SimilarItems.newPlaces))
                changed.insert(neighbour.item)
            }
        }
        for item in changed.sorted() {
            let additions = (state.additions[item] ?? []).map(\.id)
            let list = SimilarItems(bundle: pipeline.bundle, length: length).list(of: item, additions: additions)
            made.append((pipeline.bundle.itemIDs[item], list.map { RankedItem(itemID: $0.itemID, score: $0.score) }))
        }
        return made
    }
}
