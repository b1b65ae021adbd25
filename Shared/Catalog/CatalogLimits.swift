/// How large a catalog entry may be.
public struct CatalogLimits: Hashable, Sendable {
    /// The most bytes of JSON an entry may have.
    public var maximumItemBytes = 64 * 1024
    /// The most bytes of UTF-8 an id may have.
    public var maximumIDBytes = 256
    /// The most bytes of UTF-8 in a title, category, tag or creator, and in an address.
    public var maximumTextBytes = 2_048
    /// The most bytes of UTF-8 in a description.
    public var maximumDescriptionBytes = 16 * 1024
    /// The most categories, and the most tags.
    public var maximumNames = 100

    /// The limits that the documentation states.
    public init() {}
}
