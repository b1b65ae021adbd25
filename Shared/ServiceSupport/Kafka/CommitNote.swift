/// The text that is committed with an offset: which Redis held the state, and where reading has to go back to.
struct CommitNote: Hashable {
    /// Which Redis held the state.
    var identity: String
    /// Where to go back to when Redis is another one now.
    var rewindOffset: Int64
    /// Up to where the state was written, where that may be below the committed offset: under transactions.
    var stateOffset: Int64?

    init(identity: String, rewindOffset: Int64, stateOffset: Int64? = nil) {
        self.identity = identity
        self.rewindOffset = rewindOffset
        self.stateOffset = stateOffset
    }

    /// Reads what ``text`` wrote; `nil` for anything else.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let offsets = text[text.index(after: colon)...].split(separator: "+", omittingEmptySubsequences: false)
        let numbers = offsets.compactMap { Int64($0) }
        guard numbers.count == offsets.count, (1...2).contains(numbers.count) else { return nil }
        identity = String(text[..<colon])
        rewindOffset = numbers[0]
        stateOffset = numbers.count == 2 ? numbers[1] : nil
    }

    var text: String {
        "\(identity):\(rewindOffset)" + (stateOffset.map { "+\($0)" } ?? "")
    }

    /// Where reading starts instead of the committed offset, for state in `current`.
    func start(in current: String) -> Int64? { identity == current ? stateOffset : oldestOffset }

    /// Where to go back to when Redis is another one, below whatever may not be written.
    var oldestOffset: Int64 { min(rewindOffset, stateOffset ?? rewindOffset) }
}
