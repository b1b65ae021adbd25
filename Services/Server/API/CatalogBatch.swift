import Catalog
import JSON

/// The entries of one request: an array, one object, or a line each.
///
/// One bad entry never fails its neighbours; only a body that is not JSON at all is an error.
struct CatalogBatch {
    /// An entry that was not taken.
    struct Rejection {
        var index: Int
        var error: CatalogError
    }

    private(set) var items: [CatalogItem] = []
    private(set) var rejected: [Rejection] = []
    private var count = 0

    init(_ bytes: [UInt8], isLines: Bool) throws(JSONError) {
        if isLines {
            for line in bytes.split(separator: UInt8(ascii: "\n")) where line.contains(where: { $0 > 0x20 }) {
                add(bytes, line.startIndex..<line.endIndex)
            }
            return
        }
        var reader = JSONReader(bytes)
        if try reader.peek() == .array {
            try reader.beginArray()
            while try reader.nextElement() { add(bytes, try reader.skipValue()) }
        } else {
            add(bytes, try reader.skipValue())
        }
        try reader.finish()
    }

    private mutating func add(_ bytes: [UInt8], _ range: Range<Int>) {
        do throws(CatalogError) {
            items.append(try CatalogCodec.decode(bytes, in: range))
        } catch {
            rejected.append(Rejection(index: count, error: error))
        }
        count += 1
    }
}
