/// What can be read of a segment after a crash or a bad disk; pure.
struct SpoolScan: Sendable {
    /// A record and where its frame begins.
    struct Entry: Hashable, Sendable {
        var offset: Int
        var record: SpoolRecord
    }

    /// The records up to the first damage, and, in a segment that was complete, those behind it.
    private(set) var entries: [Entry] = []
    /// Where the segment stops making sense: its length if nothing is wrong.
    private(set) var end: Int
    /// Damaged places that have readable records behind them, and in a complete segment the unreadable rest.
    private(set) var damaged = 0

    /// Reads a whole segment.
    ///
    /// The last one of a process that was killed may end in a half-written frame, so it ends at its first bad frame. An
    /// older one was complete: there a bad frame is stepped over where its length leads to a good one.
    init(_ bytes: [UInt8], isLast: Bool) {
        guard bytes.starts(with: SpoolFrame.magic) else {
            end = 0
            damaged = isLast && bytes.count < SpoolFrame.magic.count ? 0 : 1
            return
        }
        end = SpoolFrame.magic.count
        while true {
            switch SpoolFrame.read(bytes, at: end) {
            case .end: return
            case .record(let record, let next):
                entries.append(Entry(offset: end, record: record))
                end = next
            case .damaged(let next):
                guard let next, case .record = SpoolFrame.read(bytes, at: next) else {
                    if !isLast { damaged += 1 }
                    return
                }
                damaged += 1
                if isLast { return }
                end = next
            }
        }
    }
}
