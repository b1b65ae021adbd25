public import Recommenders

/// Descriptions of items from a table with a header: CSV such as MovieLens' `movies.csv`, or RecBole's `.item`.
public enum ItemTable {
    /// One description per id of `itemIDs`, empty for those that the table does not know.
    ///
    /// The column of the id is `itemId`, `movieId` or the like; `title`, `name`, `description`, `text` and columns that end
    /// in `title` are text, `genres`, `tags`, `categories` and `class` tags (separated by `|`, in RecBole's files by
    /// blanks), `creator`, `author`, `artist`, `director` and `brand` creators.
    public static func read(_ bytes: [UInt8], for itemIDs: [String]) throws(DataError) -> [ItemContent] {
        var lines = try TextLines(bytes)
        guard let header = try lines.next() else { throw DataError("the file with the items is empty") }
        let isTabbed = header.contains("\t")
        let fields = FieldSplitter(isTabbed ? "\t" : ",")
        let names = try fields.split(header, line: lines.number).map { name in
            name.prefix { $0 != ":" }.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        guard let id = names.firstIndex(where: ["itemid", "movieid", "item", "id", "productid"].contains) else {
            throw DataError(line: lines.number, "no column with the item's id, such as movieId or item_id:token")
        }
        let index = Dictionary(uniqueKeysWithValues: zip(itemIDs, 0...))
        var contents = [ItemContent](repeating: ItemContent(), count: itemIDs.count)
        while let line = try lines.next() {
            let values = try fields.split(line, line: lines.number)
            guard values.count == names.count else {
                throw DataError(line: lines.number, "\(values.count) fields where the header names \(names.count)")
            }
            guard let item = index[values[id]] else { continue }
            for (name, value) in zip(names, values) where !value.isEmpty {
                if name.hasSuffix("title") || ["name", "description", "text", "overview"].contains(name) {
                    contents[item].text += (contents[item].text.isEmpty ? "" : " ") + value
                } else if ["genres", "genre", "tags", "categories", "category", "class"].contains(name) {
                    let tags = value.split(separator: isTabbed && !value.contains("|") ? " " : "|")
                    contents[item].tags += tags.filter { $0 != "(no genres listed)" }.map { [String($0)] }
                } else if ["creator", "author", "artist", "director", "brand"].contains(name) {
                    contents[item].creators += value.split(separator: "|").map(String.init)
                }
            }
        }
        return contents
    }
}
