/// The elastic net of one target after the other, by cyclic coordinate descent on the Gram matrix.
///
/// Only items that have a user in common with the target can get a weight: all products are positive, so a weight never
/// raises another. These candidates get slots, and the products of those that ever get a weight are copied into dense rows
/// over the slots, once: a step of the descent is then an addition of short vectors. Where that would take too much memory
/// the steps walk along the sparse rows instead.
struct SLIMSolver {
    /// Products of each item with the others; off the diagonal, positive, in any order.
    private let gram: SparseRows
    /// The products of the items with themselves.
    private let squares: [Float]
    private let l1: Float
    private let l2: Float
    private let parameters: SLIMParameters

    /// The slot of each item, or -1.
    private var slots: [Int32]
    /// By slot: the item, largest product with the target first.
    private var items: [Int] = []
    /// By slot: its product with the target, less what the other weights explain of it.
    private var rest: [Float] = []
    private var weights: [Float] = []
    /// By slot: where its dense row begins, or -1.
    private var rowStarts: [Int] = []
    private var rows: [Float] = []

    /// Up to how many candidates dense rows are made: 4,096 of them take 64 MiB per worker.
    private let mostDenseSlots: Int

    init(
        gram: SparseRows,
        squares: [Float],
        userCount: Int,
        parameters: SLIMParameters,
        mostDenseSlots: Int = 4096
    ) {
        self.mostDenseSlots = mostDenseSlots
        self.gram = gram
        self.squares = squares
        self.parameters = parameters
        let scale = parameters.regularization * Double(userCount)
        l1 = Float(scale * parameters.l1Ratio)
        l2 = Float(scale * (1 - parameters.l1Ratio))
        slots = [Int32](repeating: -1, count: squares.count)
    }

    /// The items with weights above zero, in no particular order, and the weights.
    mutating func solve(_ target: Int) -> (items: [Int32], weights: [Float]) {
        begin(target)
        for _ in 0..<parameters.sweeps where sweep() {
            break
        }
        for item in items { slots[item] = -1 }
        let positive = items.indices.filter { weights[$0] > 0 && weights[$0].isFinite }
        return (positive.map { Int32(truncatingIfNeeded: items[$0]) }, positive.map { weights[$0] })
    }

    private mutating func begin(_ target: Int) {
        let candidates = gram.entries(of: target)
            .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.item < $1.item }
        items = candidates.map(\.item)
        rest = candidates.map(\.weight)
        weights = [Float](repeating: 0, count: items.count)
        rowStarts = [Int](repeating: -1, count: items.count)
        rows.removeAll(keepingCapacity: true)
        for (slot, item) in items.enumerated() { slots[item] = Int32(truncatingIfNeeded: slot) }
    }

    /// Minimises over each weight in turn; whether they stand still.
    private mutating func sweep() -> Bool {
        var (largest, change) = (Float.zero, Float.zero)
        for slot in items.indices {
            let old = weights[slot]
            guard old > 0 || rest[slot] > l1 else { continue }
            let new = max(0, (rest[slot] - l1) / (squares[items[slot]] + l2))
            largest = max(largest, new)
            guard new != old else { continue }
            weights[slot] = new
            change = max(change, abs(new - old))
            addProducts(of: slot, times: old - new)
        }
        return change <= Float(parameters.tolerance) * largest
    }

    /// Adds `factor` times the products of the slot's item with the others to what is left of theirs.
    private mutating func addProducts(of slot: Int, times factor: Float) {
        guard items.count <= mostDenseSlots else { return addSparseProducts(of: slot, times: factor) }
        if rowStarts[slot] < 0 { makeRow(of: slot) }
        let start = rowStarts[slot]
        rest.withUnsafeMutableBufferPointer { rest in
            rows.withUnsafeBufferPointer { rows in
                guard let rest = rest.baseAddress, let rows = rows.baseAddress else { return }
                LinearAlgebra.add(rows + start, times: factor, to: rest, items.count)
            }
        }
    }

    private mutating func addSparseProducts(of slot: Int, times factor: Float) {
        rest.withUnsafeMutableBufferPointer { rest in
            for position in gram.range(of: items[slot]) {
                let other = Int(slots[Int(gram.columns[position])])
                if other >= 0 { rest[other] += factor * gram.values[position] }
            }
        }
    }

    private mutating func makeRow(of slot: Int) {
        let start = rows.count
        rowStarts[slot] = start
        rows.append(contentsOf: repeatElement(0, count: items.count))
        rows.withUnsafeMutableBufferPointer { rows in
            slots.withUnsafeBufferPointer { slots in
                gram.columns.withUnsafeBufferPointer { columns in
                    gram.values.withUnsafeBufferPointer { values in
                        for position in gram.range(of: items[slot]) {
                            let other = Int(slots[Int(columns[position])])
                            if other >= 0 { rows[start + other] = values[position] }
                        }
                    }
                }
            }
        }
    }
}
