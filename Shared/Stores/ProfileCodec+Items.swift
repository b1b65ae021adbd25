import Events
import Profiles

/// The items of a profile, its largest part: what they have in common as tables, what is their own in a few bits each.
///
/// After the tables and the ids that have no number of a shared prefix, each item takes the bits of: kind, form of its id
/// and whether it has a count of its own; the number of its id within the range of its prefix; the time since the item
/// before it, latest first, in an Exp-Golomb code of the order that suits the profile; its count.
extension ProfileCodec {
    /// What many items of a profile have in common.
    private struct Kind: Hashable {
        var type: Int
        var strength: Double
        var flags: UInt8

        static func precedes(_ left: Kind, _ right: Kind) -> Bool {
            (left.type, left.flags, left.strength.bitPattern) < (right.type, right.flags, right.strength.bitPattern)
        }
    }

    /// The distinct kinds: few, which are looked through, unless somebody sends ratings of all sizes.
    private struct KindTable {
        private(set) var kinds: [Kind] = []
        private var places: [Kind: Int] = [:]
        private static let few = 16

        func index(of kind: Kind) -> Int? {
            kinds.count > Self.few ? places[kind] : kinds.firstIndex(of: kind)
        }

        mutating func insert(_ kind: Kind) {
            guard index(of: kind) == nil else { return }
            kinds.append(kind)
            if kinds.count == Self.few + 1 {
                number()
            } else if kinds.count > Self.few {
                places[kind] = kinds.count - 1
            }
        }

        mutating func sort() {
            kinds.sort(by: Kind.precedes)
            number()
        }

        private mutating func number() {
            guard kinds.count > Self.few else { return }
            for (place, kind) in kinds.enumerated() { places[kind] = place }
        }
    }

    /// The numbers behind one prefix.
    private struct NumberRange {
        var least: UInt64
        var width: Int
    }

    private static let countOrder = 1
    private static let orders = 1...40

    static func append(
        _ items: [String: ItemSignal],
        types: [String],
        lastSeen: Timestamp,
        to writer: inout BinaryWriter
    ) {
        writer.write(count: items.count)
        guard !items.isEmpty else { return }
        let sorted = items.sorted { ($1.value.lastTime, $0.key) < ($0.value.lastTime, $1.key) }
        let compacts = sorted.map { CompactID($0.key) }
        let prefixes = IDPrefixes(of: compacts)
        // Types are few: to look through them is quicker than to ask a dictionary.
        var table = KindTable()
        let entries = zip(sorted, compacts).map { item, compact in
            let (id, signal) = item
            let flags: UInt8 = (signal.isConsumed ? 1 : 0) | (signal.isRejected ? 2 : 0)
            let type = types.firstIndex(of: signal.type.rawValue) ?? 0
            let kind = Kind(type: type, strength: signal.strength, flags: flags)
            table.insert(kind)
            return (id: id, signal: signal, kind: kind, form: prefixes.form(of: compact))
        }
        table.sort()
        let kinds = table.kinds
        writer.write(count: kinds.count)
        for kind in kinds {
            writer.write(count: kind.type)
            writer.write(byte: kind.flags)
            write(kind.strength, to: &writer)
        }
        prefixes.write(to: &writer)
        let ranges = (1..<prefixes.formCount).map { form in
            let numbers = entries.compactMap { $0.form.form == form ? $0.form.number : nil }
            let least = numbers.min() ?? 0
            return NumberRange(least: least, width: 64 - ((numbers.max() ?? 0) - least).leadingZeroBitCount)
        }
        for range in ranges {
            writer.write(varint: range.least)
            writer.write(byte: UInt8(range.width))
        }
        let texts = entries.filter { $0.form.form == 0 }
        writer.write(count: texts.count)
        for entry in texts { writer.write(text: entry.id) }

        var gaps: [UInt64] = []
        var previous = lastSeen.milliseconds
        for entry in entries {
            gaps.append(UInt64(bitPattern: previous &- entry.signal.lastTime.milliseconds))
            previous = entry.signal.lastTime.milliseconds
        }
        let order = bestOrder(for: gaps)
        writer.write(byte: UInt8(order))
        let headWidth = BitWriter.width(of: kinds.count * prefixes.formCount * 2)
        var bits = BitWriter()
        for (entry, gap) in zip(entries, gaps) {
            let head = (table.index(of: entry.kind) ?? 0) * prefixes.formCount + entry.form.form
            bits.write(UInt64(head) << 1 | (entry.signal.count == 1 ? 0 : 1), width: headWidth)
            if entry.form.form > 0 {
                let range = ranges[entry.form.form - 1]
                bits.write(entry.form.number - range.least, width: range.width)
            }
            bits.write(golomb: gap, order: order)
            if entry.signal.count != 1 { bits.write(golomb: UInt64(max(0, entry.signal.count)), order: countOrder) }
        }
        writer.write(raw: bits.bytes)
    }

    /// The order that takes the fewest bits, the smallest of several.
    private static func bestOrder(for gaps: [UInt64]) -> Int {
        // The sizes have one minimum not far from the middle gap's length.
        let middle = 64 - gaps.sorted()[gaps.count / 2].leadingZeroBitCount
        var best = (order: orders.lowerBound, size: Int.max)
        for candidate in middle - 3...middle + 3 {
            let order = min(max(candidate, orders.lowerBound), orders.upperBound)
            let size = gaps.reduce(0) { $0 + BitWriter.golombWidth($1, order: order) }
            if size < best.size { best = (order, size) }
        }
        return best.order
    }

    static func readItems(
        _ reader: inout BinaryReader,
        types: [EventType],
        lastSeen: Timestamp
    ) throws(BinaryReader.Failure) -> [String: ItemSignal] {
        let count = try reader.readCount()
        guard count > 0 else { return [:] }
        // An item takes at least two bits, so a damaged count cannot claim memory.
        guard count / 4 <= reader.remaining else { throw .truncated }
        var kinds: [Kind] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 3)) {
            let type = try reader.readCount()
            guard type < types.count else { throw .invalid }
            let flags = try reader.readByte()
            kinds.append(Kind(type: type, strength: try readNumber(&reader), flags: flags))
        }
        let prefixes = try IDPrefixes(from: &reader)
        var ranges: [NumberRange] = []
        for _ in 1..<prefixes.formCount {
            ranges.append(NumberRange(least: try reader.readVarint(), width: Int(try reader.readByte())))
        }
        var texts: [String] = []
        for _ in 0..<(try reader.readCount(ofAtLeast: 1)) { texts.append(try reader.readText()) }
        let order = Int(try reader.readByte())
        guard orders.contains(order) else { throw .invalid }
        var bits = BitReader(try reader.readRaw(count: reader.remaining))
        let headWidth = BitWriter.width(of: kinds.count * prefixes.formCount * 2)
        var items: [String: ItemSignal] = [:]
        items.reserveCapacity(count)
        var (previous, nextText) = (lastSeen, texts.startIndex)
        for _ in 0..<count {
            let head = Int(try bits.read(width: headWidth))
            let (index, form) = (head >> 1).quotientAndRemainder(dividingBy: prefixes.formCount)
            guard index < kinds.count else { throw .invalid }
            let id: String
            if form == 0 {
                guard nextText < texts.endIndex else { throw .invalid }
                id = texts[nextText]
                nextText += 1
            } else {
                let range = ranges[form - 1]
                id = prefixes.id(form: form, number: range.least &+ (try bits.read(width: range.width)))
            }
            let gap = try bits.readGolomb(order: order)
            guard gap <= 1 << 53 else { throw .invalid }
            previous = Timestamp(milliseconds: previous.milliseconds &- Int64(gap))
            let count = head & 1 == 0 ? 1 : try bits.readGolomb(order: countOrder)
            guard previous.isWritable, count <= 1 << 53 else { throw .invalid }
            items[id] = ItemSignal(
                type: types[kinds[index].type],
                strength: kinds[index].strength,
                lastTime: previous,
                count: Int(count),
                isConsumed: kinds[index].flags & 1 != 0,
                isRejected: kinds[index].flags & 2 != 0
            )
        }
        try bits.finish()
        guard nextText == texts.endIndex, items.count == count else { throw .invalid }
        return items
    }
}
