public import Events

/// One entry of the catalog: something that can be recommended.
public struct CatalogItem: Hashable, Sendable {
    /// The item's id, the key of its record.
    public var id: String
    /// What people see.
    public var title: String
    /// Category names.
    public var categories: [String]
    /// Tags.
    public var tags: [String]
    /// Author, artist, brand or seller.
    public var creator: String?
    /// A sentence or a paragraph.
    public var description: String?
    /// Address of a picture.
    public var imageURL: String?
    /// Address of the item's page.
    public var url: String?
    /// The price, in the catalog's currency.
    public var price: Double?
    /// Whether it may be recommended again to those who consumed it.
    public var isRepeatable: Bool
    /// Whether it may be recommended at all.
    public var isAvailable: Bool
    /// When it appeared.
    public var createdAt: Timestamp?
    /// Whatever else there is: the bytes of one JSON object.
    public var properties: [UInt8]?

    /// Creates an item; everything optional is absent unless given.
    public init(
        id: String,
        title: String,
        categories: [String] = [],
        tags: [String] = [],
        creator: String? = nil,
        description: String? = nil,
        imageURL: String? = nil,
        url: String? = nil,
        price: Double? = nil,
        isRepeatable: Bool = false,
        isAvailable: Bool = true,
        createdAt: Timestamp? = nil,
        properties: [UInt8]? = nil
    ) {
        self.id = id
        self.title = title
        self.categories = categories
        self.tags = tags
        self.creator = creator
        self.description = description
        self.imageURL = imageURL
        self.url = url
        self.price = price
        self.isRepeatable = isRepeatable
        self.isAvailable = isAvailable
        self.createdAt = createdAt
        self.properties = properties
    }
}
