import Events
import Testing

@Suite struct SourceCoordinatesTests {
    @Test func `text and coordinates are the same thing`() {
        let source = SourceCoordinates(generation: 3, topic: .feedback, partition: 7, offset: 1234)
        #expect(source.description == "3:feedback:7:1234")
        #expect(SourceCoordinates("3:feedback:7:1234") == source)
        let largest = SourceCoordinates(generation: .max, topic: .users, partition: .max, offset: .max)
        #expect(SourceCoordinates(largest.description) == largest)
    }

    @Test(arguments: [
        "", "3:feedback:7", "3:feedback:7:1:2", "03:feedback:7:1", "+3:feedback:7:1", "3:Feedback:7:1",
        "3:feedback:-1:1",
        "3:feedback:7:-1", "3:feedback:7: 1", "4294967296:feedback:7:1", "3:other:7:1",
    ])
    func `other text is refused`(text: String) {
        #expect(SourceCoordinates(text) == nil)
    }
}
