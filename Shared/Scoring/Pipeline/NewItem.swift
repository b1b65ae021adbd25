public import Catalog
public import Events
public import Recommenders

/// An item of the catalog that no model of a bundle knows: nobody has used it, or not yet when the bundle was trained.
public struct NewItem: Hashable, Sendable {
    /// The item's id.
    public var id: String
    /// What is known of it.
    public var content: ItemContent
    /// When it appeared, if the catalog says so.
    public var createdAt: Timestamp?

    /// Creates an item.
    public init(id: String, content: ItemContent, createdAt: Timestamp? = nil) {
        self.id = id
        self.content = content
        self.createdAt = createdAt
    }

    /// What a catalog entry says.
    public init(_ item: CatalogItem) {
        self.init(id: item.id, content: ItemContent(item), createdAt: item.createdAt)
    }
}

extension ItemContent {
    /// What a catalog entry says of its item: the same for training and for items that come later.
    ///
    /// Title and description are the text; categories and tags are features of one kind, as the names that users declare
    /// are.
    public init(_ item: CatalogItem) {
        self.init(
            text: [item.title, item.description ?? ""].joined(separator: "\n"),
            tags: (item.categories + item.tags).map { [$0] },
            creators: item.creator.map { [$0] } ?? []
        )
    }

    /// Declared or learned preferences as a description: of an item that would be just right.
    public init(categoriesAndTags: [String], creators: [String]) {
        self.init(tags: categoriesAndTags.map { [$0] }, creators: creators)
    }
}
