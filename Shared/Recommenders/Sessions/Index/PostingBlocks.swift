/// Many lists of ascending numbers of which only the last ones matter, in one array.
///
/// Each list has a block with room to spare. A full block moves to the end with twice the room, until it holds twice the
/// capacity: from then on its older half is dropped whenever it is full. So appending takes constant time on average.
struct PostingBlocks: Sendable {
    /// Where a list stands in ``values``.
    struct Block: Sendable {
        var start = 0
        var count = 0
        var room = 0
    }

    private(set) var values: [Int32] = []
    private(set) var blocks: [Block]
    /// How many of each list's last numbers matter.
    let capacity: Int
    private var abandoned = 0

    init(listCount: Int, capacity: Int) {
        blocks = [Block](repeating: Block(), count: listCount)
        self.capacity = capacity
    }

    /// The numbers of a list that matter, as a range of ``values``.
    @inline(__always)
    func range(of list: Int) -> Range<Int> {
        let block = blocks[list]
        let end = block.start + block.count
        return end - min(block.count, capacity)..<end
    }

    mutating func grow(to listCount: Int) {
        guard listCount > blocks.count else { return }
        blocks.append(contentsOf: repeatElement(Block(), count: listCount - blocks.count))
    }

    mutating func append(_ value: Int32, to list: Int) {
        if blocks[list].count == blocks[list].room { makeRoom(in: list) }
        values[blocks[list].start + blocks[list].count] = value
        blocks[list].count += 1
    }

    /// Gives back what moved blocks left behind, once that is more than half.
    mutating func compact() {
        guard 2 * abandoned > values.count else { return }
        var kept: [Int32] = []
        kept.reserveCapacity(values.count - abandoned)
        for list in blocks.indices {
            let block = blocks[list]
            let range = range(of: list)
            blocks[list] = Block(start: kept.count, count: range.count, room: block.room)
            kept.append(contentsOf: values[range])
            kept.append(contentsOf: repeatElement(0, count: block.room - range.count))
        }
        values = kept
        abandoned = 0
    }

    private mutating func makeRoom(in list: Int) {
        let block = blocks[list]
        if block.room >= 2 * capacity {
            let kept = range(of: list).suffix(capacity - 1)
            for (target, source) in kept.enumerated() { values[block.start + target] = values[source] }
            blocks[list].count = kept.count
            return
        }
        let room = min(2 * capacity, max(2, 2 * block.room))
        if block.start + block.room == values.count, block.room > 0 {
            values.append(contentsOf: repeatElement(0, count: room - block.room))
        } else {
            let start = values.count
            // Not by appending a slice of itself: that would copy the whole array.
            values.append(contentsOf: repeatElement(0, count: room))
            for position in 0..<block.count { values[start + position] = values[block.start + position] }
            abandoned += block.room
            blocks[list].start = start
        }
        blocks[list].room = room
    }
}

extension PostingBlocks: Equatable {
    /// Whether the numbers that matter are the same, wherever they stand.
    static func == (left: PostingBlocks, right: PostingBlocks) -> Bool {
        left.blocks.count == right.blocks.count
            && left.blocks.indices.allSatisfy {
                left.values[left.range(of: $0)].elementsEqual(right.values[right.range(of: $0)])
            }
    }
}
