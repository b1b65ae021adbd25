/// A refusal by which a node of a cluster says where, or that later, a command would be served; it has not run.
enum RedisRedirection: Equatable {
    /// The slot belongs to another node. `nil` where the node names no host of its own.
    case moved(slot: Int, RedisAddress)
    /// The slot is being moved and this key is on the other node already: ask there, once.
    case ask(RedisAddress)
    /// The slot is being moved and the command's keys are on both nodes, or nobody serves it just now.
    case later

    /// Reads the error of a reply; `host` is the one to take where the node leaves it out.
    init?(_ error: RedisError, from host: String) {
        guard case .server(let kind) = error.code else { return nil }
        switch kind {
        case "TRYAGAIN", "CLUSTERDOWN":
            self = .later
        case "MOVED", "ASK":
            let words = error.message.split(separator: " ")
            guard words.count == 3, let slot = Int(words[1]), (0..<RedisSlot.count).contains(slot),
                let colon = words[2].lastIndex(of: ":"), let port = Int(words[2][words[2].index(after: colon)...])
            else { return nil }
            let named = words[2][..<colon]
            let address = RedisAddress(host: named.isEmpty || named == "?" ? host : String(named), port: port)
            self = kind == "MOVED" ? .moved(slot: slot, address) : .ask(address)
        default:
            return nil
        }
    }
}
