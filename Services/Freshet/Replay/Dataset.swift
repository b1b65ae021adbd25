import Catalog
import Events

/// What a replay sends: catalog entries, and events in the order in which they happened.
protocol Dataset: Sendable {
    /// The catalog; empty when the data set has none.
    var items: [CatalogItem] { get }
    /// How many events there are.
    var eventCount: Int { get }
    /// When an event happened.
    func time(at index: Int) -> Timestamp
    /// The event, with its time moved by so many milliseconds.
    func event(at index: Int, movedBy milliseconds: Int64) -> ReplayEvent
}

/// An event ready to be sent.
struct ReplayEvent: Sendable {
    /// Whose it is: a user's events stay in order.
    var user: String
    /// Its JSON.
    var json: [UInt8]
}
