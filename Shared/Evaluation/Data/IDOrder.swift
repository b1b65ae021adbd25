/// The order of ids: by number when all of them are whole numbers, of any length, else by text.
///
/// Items get their indices in this order, because ties in a ranking go by ascending index.
enum IDOrder {
    static func sorted(_ ids: some Collection<String>) -> [String] {
        let areNumbers = ids.allSatisfy { id in
            !id.isEmpty && id.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        guard areNumbers else { return ids.sorted() }
        return ids.map { (digits: $0.drop { $0 == "0" }, id: $0) }
            .sorted { left, right in
                let (leftCount, rightCount) = (left.digits.utf8.count, right.digits.utf8.count)
                if leftCount != rightCount { return leftCount < rightCount }
                return left.digits != right.digits ? left.digits < right.digits : left.id < right.id
            }
            .map(\.id)
    }

    /// The ids with those between them that no line names, where they clearly are indices; else as they are.
    ///
    /// Indices are whole numbers from 0 without leading zeros, at least half of them named.
    ///
    /// Files of indices come from matrices, whose empty columns were candidates as well.
    static func filled(_ ids: [String]) -> [String] {
        guard ids.first == "0", let last = ids.last.flatMap({ Int($0) }), last < 2 * ids.count, last >= ids.count,
            ids.allSatisfy({ Int($0).map(String.init) == $0 })
        else { return ids }
        return (0...last).map(String.init)
    }
}
