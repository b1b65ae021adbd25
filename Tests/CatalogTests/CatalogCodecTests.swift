import Catalog
import Events
import Testing

@Suite struct CatalogCodecTests {
    static let full = """
        {"id":"i-17","title":"Heat","categories":["Crime","Drama"],"tags":["heist"],"creator":"Michael Mann",\
        "description":"A thief and a detective.","image":"https://x/i.jpg","url":"https://x/i","price":9.99,\
        "repeatable":true,"available":false,"createdAt":"1995-12-15T00:00:00.000Z","properties":{"year":1995}}
        """

    @Test func `every field is read and written back, byte for byte`() throws {
        let item = try CatalogCodec.decode(Array(Self.full.utf8))
        #expect(
            item
                == CatalogItem(
                    id: "i-17",
                    title: "Heat",
                    categories: ["Crime", "Drama"],
                    tags: ["heist"],
                    creator: "Michael Mann",
                    description: "A thief and a detective.",
                    imageURL: "https://x/i.jpg",
                    url: "https://x/i",
                    price: 9.99,
                    isRepeatable: true,
                    isAvailable: false,
                    createdAt: Timestamp("1995-12-15T00:00:00Z"),
                    properties: Array(#"{"year":1995}"#.utf8)
                )
        )
        #expect(CatalogCodec.encode(item) == Array(Self.full.utf8))
    }

    @Test func `id and title are enough; an item is available and not repeatable by default`() throws {
        let text = #"{"id":"1","title":"t","tags":null,"available":null,"new":[{}]}"#
        #expect(try CatalogCodec.decode(Array(text.utf8)) == CatalogItem(id: "1", title: "t"))
        #expect(CatalogCodec.encode(CatalogItem(id: "1", title: "t")) == Array(#"{"id":"1","title":"t"}"#.utf8))
    }

    @Test(
        arguments: [
            ("[]", .malformedJSON, nil), ("{", .malformedJSON, nil), (#"{"title":"t"}"#, .missingField, "id"),
            (#"{"id":"1"}"#, .missingField, "title"), (#"{"id":1,"title":"t"}"#, .wrongType, "id"),
            (#"{"id":"","title":"t"}"#, .invalidID, "id"), (#"{"id":"\u0000","title":"t"}"#, .invalidID, "id"),
            (#"{"id":"1","title":""}"#, .invalidValue, "title"),
            (#"{"id":"1","title":"t","price":-1}"#, .invalidValue, "price"),
            (#"{"id":"1","title":"t","tags":["x",""]}"#, .invalidValue, "tags"),
            (#"{"id":"1","title":"t","tags":[1]}"#, .wrongType, "tags"),
            (#"{"id":"1","title":"t","createdAt":"1995"}"#, .invalidValue, "createdAt"),
            (#"{"id":"1","id":"2","title":"t"}"#, .duplicateField, "id"),
            (#"{"id":"1","title":"t","properties":"x"}"#, .wrongType, "properties"),
        ] as [(String, CatalogError.Reason, String?)]
    )
    func `a bad entry has a reason and a field`(text: String, reason: CatalogError.Reason, field: String?) {
        let error = #expect(throws: CatalogError.self) { try CatalogCodec.decode(Array(text.utf8)) }
        #expect(error?.reason == reason)
        #expect(error?.field == field)
    }

    @Test func `entries are bounded`() {
        func reason(_ item: CatalogItem) -> CatalogError.Reason? {
            do {
                _ = try CatalogCodec.decode(CatalogCodec.encode(item))
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(CatalogItem(id: String(repeating: "x", count: 256), title: "t")) == nil)
        #expect(reason(CatalogItem(id: String(repeating: "x", count: 257), title: "t")) == .invalidID)
        #expect(reason(CatalogItem(id: "1", title: String(repeating: "x", count: 2_049))) == .invalidValue)
        #expect(reason(CatalogItem(id: "1", title: "t", tags: Array(repeating: "x", count: 101))) == .invalidValue)
        let large = Array((#"{"a":""# + String(repeating: "x", count: 64 * 1024) + #""}"#).utf8)
        #expect(reason(CatalogItem(id: "1", title: "t", properties: large)) == .tooLarge)
    }

    @Test func `a record's key is its item's id`() throws {
        let value = Array(Self.full.utf8)
        #expect(try CatalogCodec.decode(value, key: Array("i-17".utf8)).id == "i-17")
        for key in [nil, Array("i-1".utf8)] {
            let error = #expect(throws: CatalogError.self) { try CatalogCodec.decode(value, key: key) }
            #expect(error?.reason == .keyMismatch)
        }
    }
}
