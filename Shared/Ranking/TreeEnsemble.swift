/// Regression trees in the form that is fastest to walk: one array of nodes, leaves that lead to themselves.
///
/// Gives the very floats that XGBoost gives: the same comparisons, leaf values added up in the order of the trees.
struct TreeEnsemble: Hashable, Sendable {
    /// A split, or a leaf whose `value` is what it adds.
    struct Node: Hashable, Sendable {
        /// Rows below it go left; of a leaf the leaf's value.
        var value: Float
        /// The column; the topmost bit says that unknown goes left.
        var column: UInt32
        var left: Int32
        var right: Int32

        static let unknownGoesLeft: UInt32 = 1 << 31
        var feature: Int { Int(column & ~Self.unknownGoesLeft) }
    }

    /// Where a tree begins, and how many steps lead to its deepest leaf.
    struct Tree: Hashable, Sendable {
        var root: Int32
        var depth: Int32
    }

    let nodes: [Node]
    let trees: [Tree]
    let base: Float
    let width: Int

    /// The margin of each row; `features` has `width` numbers per row.
    ///
    /// Eight rows walk a tree at the same time, so that the processor always has something to do while it waits for memory.
    func scores(_ features: [Float]) -> [Float] {
        let count = features.count / width
        var scores = [Float](repeating: base, count: count)
        features.withUnsafeBufferPointer { features in
            nodes.withUnsafeBufferPointer { nodes in
                scores.withUnsafeMutableBufferPointer { scores in
                    guard let features = features.baseAddress, let nodes = nodes.baseAddress else { return }
                    for tree in trees {
                        var row = 0
                        while row + 8 <= count {
                            walkEight(tree, nodes, features + row * width, scores, row)
                            row += 8
                        }
                        while row < count {
                            var node = tree.root
                            for _ in 0..<tree.depth { node = step(nodes, node, features + row * width) }
                            scores[row] += nodes[Int(node)].value
                            row += 1
                        }
                    }
                }
            }
        }
        return scores
    }

    @inline(__always)
    private func walkEight(
        _ tree: Tree,
        _ nodes: UnsafePointer<Node>,
        _ rows: UnsafePointer<Float>,
        _ scores: UnsafeMutableBufferPointer<Float>,
        _ first: Int
    ) {
        var (a, b, c, d) = (tree.root, tree.root, tree.root, tree.root)
        var (e, f, g, h) = (tree.root, tree.root, tree.root, tree.root)
        for _ in 0..<tree.depth {
            a = step(nodes, a, rows)
            b = step(nodes, b, rows + width)
            c = step(nodes, c, rows + 2 * width)
            d = step(nodes, d, rows + 3 * width)
            e = step(nodes, e, rows + 4 * width)
            f = step(nodes, f, rows + 5 * width)
            g = step(nodes, g, rows + 6 * width)
            h = step(nodes, h, rows + 7 * width)
        }
        scores[first] += nodes[Int(a)].value
        scores[first + 1] += nodes[Int(b)].value
        scores[first + 2] += nodes[Int(c)].value
        scores[first + 3] += nodes[Int(d)].value
        scores[first + 4] += nodes[Int(e)].value
        scores[first + 5] += nodes[Int(f)].value
        scores[first + 6] += nodes[Int(g)].value
        scores[first + 7] += nodes[Int(h)].value
    }

    @inline(__always)
    private func step(_ nodes: UnsafePointer<Node>, _ node: Int32, _ row: UnsafePointer<Float>) -> Int32 {
        let place = nodes[Int(node)]
        let value = row[place.feature]
        // A comparison with NaN is false; all three are computed, as a jump would be mispredicted half of the time.
        let isUnknown = value != value
        let isLeft = Int32(value < place.value ? 1 : 0) | (Int32(isUnknown ? 1 : 0) & Int32(place.column >> 31))
        return isLeft != 0 ? place.left : place.right
    }
}
