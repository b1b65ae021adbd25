import Testing

@testable import ServiceSupport

@Suite("Giving memory back")
struct MemoryReturnTests {
    @Test func `memory goes back once, in the first calm period after work`() {
        var watch = MemoryReturn(processorSeconds: 0)
        let seconds = [0.1, 0.2, 3, 6, 6.1, 6.2, 6.3, 9, 9.1]
        #expect(
            seconds.map { watch.isDue(processorSeconds: $0) } == [
                false, false, false, false, true, false, false, false, true,
            ]
        )
    }
}
