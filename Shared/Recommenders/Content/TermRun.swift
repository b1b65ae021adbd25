/// The terms of a run of items, counted, numbered in the order of their appearance.
struct TermRun<Term: Hashable & Comparable & Sendable>: Sendable {
    private(set) var terms: [Term] = []
    /// How many of the items have each of ``terms``.
    private(set) var itemCounts: [Int] = []
    private(set) var rows: [[(term: Int, count: Float)]] = []
    private var numbers: [Term: Int] = [:]
    /// Where each term stands in the item that is being counted; of use only if it really stands there.
    private var places: [Int] = []

    /// Begins the next item.
    mutating func beginItem() { rows.append([]) }

    /// Counts a term of the last item.
    mutating func add(_ term: Term, count: Float = 1) {
        let number = numbers[term, default: terms.count]
        if number == terms.count {
            numbers[term] = number
            terms.append(term)
            itemCounts.append(0)
            places.append(0)
        }
        let row = rows.count - 1
        let place = places[number]
        if place < rows[row].count, rows[row][place].term == number {
            rows[row][place].count += count
        } else {
            places[number] = rows[row].count
            itemCounts[number] += 1
            rows[row].append((number, count))
        }
    }
}
