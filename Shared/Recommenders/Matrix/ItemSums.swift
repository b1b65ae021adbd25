/// Sums of a few items among many: memory for all of them, work for those that are touched.
struct ItemSums<Sum: BinaryFloatingPoint & Sendable>: Sendable {
    /// All zero between uses.
    private var sums: [Sum] = []
    /// One for the items that have a sum.
    private var marks: [UInt8] = []
    /// Those items: the first ``count``.
    private var touched: [Int32] = []
    private var count = 0

    /// Adds amounts, while ``adding(itemCount:_:)`` lasts.
    struct Adder {
        fileprivate let sums: UnsafeMutablePointer<Sum>
        fileprivate let marks: UnsafeMutablePointer<UInt8>
        fileprivate let touched: UnsafeMutablePointer<Int32>
        fileprivate var count: Int

        /// Adds to the sum of an item below the item count.
        @inline(__always)
        mutating func add(_ amount: Sum, to item: Int) {
            touched[count] = Int32(truncatingIfNeeded: item)
            count += 1 - Int(marks[item])
            marks[item] = 1
            sums[item] += amount
        }
    }

    /// Adds amounts to sums of `itemCount` items.
    @inline(__always)
    mutating func adding(itemCount: Int, _ body: (inout Adder) -> Void) {
        if sums.count < itemCount {
            sums = [Sum](repeating: 0, count: itemCount)
            marks = [UInt8](repeating: 0, count: itemCount)
            // One more, because the next item is written before it is known to be new.
            touched = [Int32](repeating: 0, count: itemCount + 1)
            count = 0
        }
        count = sums.withUnsafeMutableBufferPointer { sums in
            marks.withUnsafeMutableBufferPointer { marks in
                touched.withUnsafeMutableBufferPointer { touched in
                    guard let sums = sums.baseAddress, let marks = marks.baseAddress, let touched = touched.baseAddress
                    else { return 0 }
                    var adder = Adder(sums: sums, marks: marks, touched: touched, count: count)
                    body(&adder)
                    return adder.count
                }
            }
        }
    }

    /// The best items that are not excluded and whose sum is above zero, and all sums back to zero.
    mutating func top(_ limit: Int, excluding excluded: ItemSet) -> [ScoredItem] {
        var top = TopItems(limit: limit)
        sums.withUnsafeMutableBufferPointer { sums in
            marks.withUnsafeMutableBufferPointer { marks in
                for item in touched[..<count] {
                    let item = Int(item)
                    let sum = Float(sums[item])
                    sums[item] = 0
                    marks[item] = 0
                    if sum > 0, top.wants(sum), !excluded.contains(item) {
                        top.offer(ScoredItem(item: item, score: sum))
                    }
                }
            }
        }
        count = 0
        return top.sorted()
    }
}
