import Foundation
import Recommenders
import ReferenceData
import Testing

/// Genres, years and what viewers wrote, on the temporal split of MovieLens latest-small.
///
/// The split leaks calendar time between users, and viewers write about what they have seen: a check of sanity, no
/// figure to compare algorithms by. Most popular reaches .320.
@Suite struct ContentMovieLensTests {
    @Test func `content finds hidden films far better than chance`() throws {
        guard let split = try TemporalSplit.load(), let contents = try MovieDescriptions.load() else { return }
        try #require(contents.count == split.itemCount)
        let model = try ContentModel.fit(
            contents,
            parameters: ContentParameters(minimumItems: 2, latentDimensions: 100, weights: .init(text: 3)),
            context: FitContext(workers: .dispatch(count: 2))
        )
        let result = try split.evaluate { _, known, excluded in
            let history = known.filter(\.isPositive).map { WeightedItem(item: $0.item) }
            return try model.recommend(for: history, limit: 10, excluding: excluded).map(\.item)
        }
        print("content:", result)
        #expect(result.users == 603)
        #expect((0.2...0.4).contains(result.hitRate))
    }
}

/// The films of MovieLens latest-small that have ratings, in the order of ``TemporalSplit``'s items.
enum MovieDescriptions {
    static func load() throws -> [ItemContent]? {
        let folder = "movielens-latest-small/"
        guard let ratings = try ReferenceData.contents(of: folder + "ratings.csv"),
            let movies = try ReferenceData.contents(of: folder + "movies.csv"),
            let tags = try ReferenceData.contents(of: folder + "tags.csv")
        else { return nil }
        let rated = Set(lines(ratings).compactMap { $0.split(separator: ",").dropFirst().first.flatMap { Int($0) } })
        let items = Dictionary(uniqueKeysWithValues: zip(rated.sorted(), 0...))
        var contents = [ItemContent](repeating: ItemContent(), count: items.count)
        for line in lines(movies) {
            // The title may contain commas, and quotes around it; number and genres do not.
            guard let first = line.firstIndex(of: ","), let last = line.lastIndex(of: ","),
                let item = Int(line[..<first]).flatMap({ items[$0] })
            else { continue }
            let title = line[line.index(after: first)..<last].filter { $0 != "\"" }
            contents[item].tags = line[line.index(after: last)...].split(separator: "|")
                .map { ["genre", String($0)] }
            if let year = title.split(separator: "(").last.flatMap({ Int($0.prefix(4)) }) {
                contents[item].tags.append(["year", "\(year / 10 * 10)s", "\(year)"])
            }
        }
        for line in lines(tags) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count >= 4, let item = Int(fields[1]).flatMap({ items[$0] }) else { continue }
            contents[item].text += " " + fields[2..<fields.count - 1].joined(separator: ",")
        }
        return contents
    }

    private static func lines(_ bytes: Data) -> ArraySlice<String> {
        String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r", with: "").components(separatedBy: "\n")
            .dropFirst()
    }
}
