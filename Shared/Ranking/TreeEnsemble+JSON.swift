import JSON

extension TreeEnsemble {
    /// One tree as XGBoost writes it, an array per property.
    private struct WrittenTree {
        var left: [Int] = []
        var right: [Int] = []
        var columns: [Int] = []
        var conditions: [Float] = []
        var defaultsLeft: [Int] = []
        var gains: [Float] = []
    }

    /// Reads XGBoost's JSON; besides the trees the gain of every split, as (column, gain).
    ///
    /// Throws `damagedModel` for whatever is no forest of trees over `width` features.
    static func read(
        json: [UInt8],
        width: Int
    ) throws(RankingError) -> (trees: TreeEnsemble, gains: [(column: Int, gain: Float)]) {
        var written: [WrittenTree] = []
        var base: Float = 0
        do {
            var reader = JSONReader(json)
            try reader.readFields { (reader, key) throws(JSONError) in
                guard key == "learner" else { return false }
                try reader.readFields(of: key) { (reader, key) throws(JSONError) in
                    switch key {
                    case "learner_model_param": base = try baseScore(&reader)
                    case "gradient_booster": written = try booster(&reader)
                    default: return false
                    }
                    return true
                }
                return true
            }
            try reader.finish()
        } catch {
            throw RankingError(.damagedModel, "\(error)")
        }
        var nodes: [Node] = []
        var trees: [Tree] = []
        var gains: [(column: Int, gain: Float)] = []
        for tree in written {
            trees.append(try append(tree, to: &nodes, width: width))
            for node in tree.left.indices where tree.left[node] >= 0 {
                gains.append((tree.columns[node], tree.gains[node]))
            }
        }
        return (TreeEnsemble(nodes: nodes, trees: trees, base: base, width: width), gains)
    }

    /// Checks a tree and appends its nodes; every node but the root has a parent before it, so there are no circles.
    private static func append(
        _ tree: WrittenTree,
        to nodes: inout [Node],
        width: Int
    ) throws(RankingError) -> Tree {
        let count = tree.left.count
        guard count > 0,
            [tree.right.count, tree.columns.count, tree.conditions.count, tree.defaultsLeft.count, tree.gains.count]
                .allSatisfy({ $0 == count })
        else { throw RankingError(.damagedModel, "a tree's arrays have different lengths") }
        let root = nodes.count
        guard root + count < Int(Int32.max) else { throw RankingError(.damagedModel, "too many nodes") }
        var depths = [Int32](repeating: 0, count: count)
        for node in 0..<count {
            let isLeaf = tree.left[node] < 0
            guard isLeaf == (tree.right[node] < 0) else { throw RankingError(.damagedModel, "half a leaf") }
            var entry = Node(
                value: tree.conditions[node],
                column: 0,
                left: Int32(root + node),
                right: Int32(root + node)
            )
            if !isLeaf {
                guard tree.left[node] > node, tree.left[node] < count, tree.right[node] > node,
                    tree.right[node] < count, (0..<width).contains(tree.columns[node])
                else { throw RankingError(.damagedModel, "a node leads out of its tree or the features") }
                entry.column = UInt32(tree.columns[node])
                if tree.defaultsLeft[node] != 0 { entry.column |= Node.unknownGoesLeft }
                entry.left = Int32(root + tree.left[node])
                entry.right = Int32(root + tree.right[node])
                depths[tree.left[node]] = depths[node] + 1
                depths[tree.right[node]] = depths[node] + 1
            }
            nodes.append(entry)
        }
        return Tree(root: Int32(root), depth: depths.max() ?? 0)
    }

    private static func baseScore(_ reader: inout JSONReader) throws(JSONError) -> Float {
        var base: Float = 0
        try reader.readFields { (reader, key) throws(JSONError) in
            guard key == "base_score" else { return false }
            guard let number = Float(try reader.readString()), number.isFinite else {
                throw JSONError(code: .numberOutOfRange, offset: reader.position, field: key)
            }
            base = number
            return true
        }
        return base
    }

    private static func booster(_ reader: inout JSONReader) throws(JSONError) -> [WrittenTree] {
        var trees: [WrittenTree] = []
        try reader.readFields { (reader, key) throws(JSONError) in
            guard key == "model" else { return false }
            try reader.readFields(of: key) { (reader, key) throws(JSONError) in
                guard key == "trees" else { return false }
                try reader.beginArray()
                while try reader.nextElement() { trees.append(try tree(&reader)) }
                return true
            }
            return true
        }
        return trees
    }

    private static func tree(_ reader: inout JSONReader) throws(JSONError) -> WrittenTree {
        var tree = WrittenTree()
        try reader.readFields { (reader, key) throws(JSONError) in
            switch key {
            case "left_children": tree.left = try integers(&reader)
            case "right_children": tree.right = try integers(&reader)
            case "split_indices": tree.columns = try integers(&reader)
            case "default_left": tree.defaultsLeft = try integers(&reader)
            case "split_conditions": tree.conditions = try floats(&reader)
            case "loss_changes": tree.gains = try floats(&reader)
            default: return false
            }
            return true
        }
        return tree
    }

    private static func integers(_ reader: inout JSONReader) throws(JSONError) -> [Int] {
        var values: [Int] = []
        try reader.beginArray()
        while try reader.nextElement() { values.append(Int(try reader.readInteger())) }
        return values
    }

    /// Floats are written with as many digits as tell them apart; read by way of a double they come out the same.
    private static func floats(_ reader: inout JSONReader) throws(JSONError) -> [Float] {
        var values: [Float] = []
        try reader.beginArray()
        while try reader.nextElement() { values.append(Float(try reader.readDouble())) }
        return values
    }
}
