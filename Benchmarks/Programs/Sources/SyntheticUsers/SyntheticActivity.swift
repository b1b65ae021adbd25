import Catalog
import Events

/// What a synthetic user does: sessions of eight events, spread over four weeks or one day.
///
/// A user likes two of the catalog's categories and meets the others now and then.
struct SyntheticActivity {
    struct Options {
        var events = 50
        var items = 50_000
        /// Whether items have a creator and three tags beside their two categories.
        var isRich = false
        /// Whether all happens within the last day.
        var isOneDay = false
    }

    static let categories = [
        "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
        "Film-Noir",
        "Horror", "IMAX", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western", "Concert",
    ]
    /// The share of each type in a hundred, with its topic.
    static let types: [(type: EventType, topic: SignalTopic, share: Int)] = [
        (.view, .views, 60), (.click, .clicks, 22), (.rating, .feedback, 8), (.addToCart, .conversions, 5),
        (.purchase, .conversions, 3), (.like, .feedback, 2),
    ]

    private let options: Options
    private let now: Int64

    init(options: Options, now: Timestamp) {
        self.options = options
        self.now = now.milliseconds
    }

    /// The catalog's facts about an item: the same for everybody.
    func facts(of item: Int) -> Activity.ItemFacts {
        var chance = SplitMix(seed: UInt64(item))
        let first = chance.skewed(Self.categories.count)
        let second = (first + 1 + chance.below(Self.categories.count - 1)) % Self.categories.count
        var facts = Activity.ItemFacts(categories: [Self.categories[first], Self.categories[second]])
        if options.isRich {
            facts.creator = "creator-\(chance.skewed(2000))"
            facts.tags = (0..<3).map { _ in "tag-\(chance.skewed(1000))" }
        }
        return facts
    }

    /// The events of one user in order of time.
    ///
    /// What is clicked, rated, put into the cart or bought is the item that was viewed last.
    func events(of user: Int) -> [(event: Event, source: SourceCoordinates, item: Activity.ItemFacts)] {
        var chance = SplitMix(seed: UInt64(user) << 20)
        let span = Int(options.isOneDay ? 20 * 3_600_000 : 28 * 86_400_000)
        let sessions = (options.events + 7) / 8
        var starts = (0..<sessions).map { _ in now - 600_000 - Int64(chance.below(span)) }.sorted()
        let liked = [chance.below(Self.categories.count), chance.below(Self.categories.count)]
        var used: Set<Int> = []
        var item = 0
        return (0..<options.events).map { number in
            let kind = type(chance.below(100))
            if kind.type == .view || number == 0 {
                item = newItem(liked: liked, used: used, &chance)
                used.insert(item)
            }
            starts[number / 8] += Int64(5_000 + chance.below(55_000))
            var event = Event(
                eventID: "\(user)-\(number)-\(chance.next())",
                type: kind.type,
                userID: Self.userID(user),
                itemID: Self.itemID(item),
                timestamp: Timestamp(milliseconds: starts[number / 8])
            )
            if kind.type == .rating { event.value = Double(1 + chance.below(10)) / 2 }
            if kind.type == .purchase { event.value = Double(500 + chance.below(20_000)) / 100 }
            let source = SourceCoordinates(
                generation: 1,
                topic: kind.topic,
                partition: Int32(user % 12),
                offset: Int64(user) * 17 + Int64(number)
            )
            return (event, source, facts(of: item))
        }
    }

    /// Popular items more often; nine of ten of a category that the user likes.
    private func newItem(liked: [Int], used: Set<Int>, _ chance: inout SplitMix) -> Int {
        let names = chance.below(10) > 0 ? liked.map { Self.categories[$0] } : Self.categories
        var item = chance.skewed(options.items)
        while used.contains(item) || !facts(of: item).categories.contains(where: names.contains) {
            item = (item + 1) % options.items
        }
        return item
    }

    /// The catalog's entry of an item.
    func entry(_ item: Int) -> CatalogItem {
        let facts = facts(of: item)
        return CatalogItem(
            id: Self.itemID(item),
            title: "The title of item number \(item)",
            categories: facts.categories,
            tags: facts.tags,
            creator: facts.creator,
            price: 9.5
        )
    }

    static func userID(_ number: Int) -> String { "user-\(100_000 + number)" }
    static func itemID(_ number: Int) -> String { "item-\(100_000 + number)" }

    private func type(_ percent: Int) -> (type: EventType, topic: SignalTopic) {
        var rest = percent
        for entry in Self.types {
            if rest < entry.share { return (entry.type, entry.topic) }
            rest -= entry.share
        }
        return (.view, .views)
    }
}

/// A small generator of random numbers, the same everywhere.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Small numbers more often: popularity.
    mutating func skewed(_ limit: Int) -> Int {
        let unit = Double(next() >> 11) / Double(1 << 53)
        return min(limit - 1, Int(unit * unit * Double(limit)))
    }
}
