/// All models that can be evaluated, by name.
public enum ModelCatalogue {
    /// Every model, simple ones first, hybrids of them last.
    public static let all: [CatalogueModel] =
        popularity + neighbourhood + graph + linear + factorisation
        + sessions + content + hybrids

    /// Finds a model, whatever the case of its letters; throws with names that are near.
    public static func model(_ name: String) throws(ModelError) -> CatalogueModel {
        let plain = name.plain
        if let model = all.first(where: { $0.name.plain == plain }) { return model }
        let near = all.map { (name: $0.name, distance: distance($0.name.plain, plain)) }
            .filter {
                $0.distance <= max(2, plain.count / 3) || $0.name.plain.contains(plain) || plain.contains($0.name.plain)
            }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
        let advice = near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
        throw ModelError("there is no model \"\(name)\"; \(advice)--list-models shows all")
    }

    /// How many letters must be put in, taken out or replaced (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let cost = min(diagonal + (letter == right[column] ? 0 : 1), row[column] + 1, row[column + 1] + 1)
                diagonal = row[column + 1]
                row[column + 1] = cost
            }
        }
        return row[right.count]
    }
}

extension String {
    fileprivate var plain: String { lowercased().filter { $0.isLetter || $0.isNumber } }
}
