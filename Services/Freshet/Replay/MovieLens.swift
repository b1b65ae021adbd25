import Catalog
import Events
import Foundation
import JSON

/// A MovieLens folder: `movies.csv` as the catalog, `ratings.csv` as events of the type `rating`, `tags.csv` as tags.
struct MovieLens: Dataset {
    private struct Rating {
        var user: Int32
        var movie: Int32
        var value: Float
        var seconds: Int64
    }

    let items: [CatalogItem]
    private let ratings: [Rating]

    init(folder: URL) throws {
        let tags = try Self.tags(folder.appending(path: "tags.csv"))
        items = try Self.table(folder.appending(path: "movies.csv"), columns: 3).map { fields in
            Self.item(id: fields[0], title: fields[1], genres: fields[2], tags: tags[fields[0]] ?? [])
        }
        let file = folder.appending(path: "ratings.csv")
        let ratings = try Self.table(file, columns: 4).map { fields in
            guard let user = Int32(fields[0]), let movie = Int32(fields[1]), let value = Float(fields[2]),
                let seconds = Int64(fields[3])
            else {
                throw Complaint(
                    "\(file.path): '\(fields.joined(separator: ","))' is not userId,movieId,rating,timestamp"
                )
            }
            return Rating(user: user, movie: movie, value: value, seconds: seconds)
        }
        // Ties keep the order of the file: Swift's sort is stable, but does not promise it.
        self.ratings = ratings.enumerated()
            .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
            .map(\.element)
    }

    var eventCount: Int { ratings.count }

    func time(at index: Int) -> Timestamp { Timestamp(milliseconds: ratings[index].seconds * 1000) }

    func event(at index: Int, movedBy milliseconds: Int64) -> ReplayEvent {
        let rating = ratings[index]
        let user = String(rating.user)
        var json = JSONWriter(reservingCapacity: 192)
        json.beginObject()
        json.field("eventId", "ml-r-\(rating.user)-\(rating.movie)")
        json.field("type", "rating")
        json.field("userId", user)
        json.field("itemId", String(rating.movie))
        json.field("value", Double(rating.value))
        json.field("timestamp", Timestamp(milliseconds: rating.seconds * 1000 + milliseconds).description)
        json.endObject()
        return ReplayEvent(user: user, json: json.bytes)
    }

    /// "Heat (1995)" with "Action|Crime" becomes the title "Heat", two categories and the property `year`.
    static func item(id: String, title: String, genres: String, tags: [String]) -> CatalogItem {
        var name = title.trimmingCharacters(in: .whitespaces)
        var properties: [UInt8]?
        let end = name.suffix(6)
        if end.first == "(", end.last == ")", let year = Int(end.dropFirst().dropLast()), end.count == 6 {
            let rest = name.dropLast(6).trimmingCharacters(in: .whitespaces)
            if !rest.isEmpty {
                name = rest
                properties = Array("{\"year\":\(year)}".utf8)
            }
        }
        let categories =
            genres == "(no genres listed)" || genres.isEmpty ? [] : genres.split(separator: "|").map(String.init)
        return CatalogItem(id: id, title: name, categories: categories, tags: tags, properties: properties)
    }

    /// Each movie's ten most frequent tags in lower case, ties by name.
    private static func tags(_ file: URL) throws -> [String: [String]] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [:] }
        var counts: [String: [String: Int]] = [:]
        for fields in try table(file, columns: 4) {
            let tag = fields[2].trimmingCharacters(in: .whitespaces).lowercased()
            if !tag.isEmpty { counts[fields[1], default: [:]][tag, default: 0] += 1 }
        }
        return counts.mapValues { tags in
            tags.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).map(\.key)
        }
    }

    private static func table(_ file: URL, columns: Int) throws -> [[String]] {
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw Complaint("cannot read \(file.path): a MovieLens folder holds movies.csv, ratings.csv and tags.csv")
        }
        let lines = CSVLines(Array(data)).dropFirst()
        return try lines.map { fields in
            guard fields.count == columns else {
                throw Complaint("\(file.path): '\(fields.joined(separator: ","))' has not \(columns) fields")
            }
            return fields
        }
    }
}
