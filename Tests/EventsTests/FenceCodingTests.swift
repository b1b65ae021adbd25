import Events
import Testing

@Suite struct FenceCodingTests {
    private let full = Fence(
        entries: Dictionary(
            uniqueKeysWithValues: SignalTopic.allCases.map {
                ($0, Fence.Entry(generation: .max, partition: .max, offset: .max))
            }
        )
    )

    @Test func `the bytes are fixed: they are stored`() {
        let fence = Fence(entries: [
            .feedback: .init(generation: 3, partition: 7, offset: 1234),
            .views: .init(generation: 1, partition: 0, offset: 0),
        ])
        #expect(fence.encoded() == [2, 1, 1, 0, 0, 5, 3, 7, 0xd2, 0x09])
        #expect(Fence().encoded() == [0])
    }

    @Test func `decoding gives back what was encoded`() throws {
        for fence in [Fence(), full, Fence(entries: [.users: .init(generation: 0, partition: 11, offset: 1 << 40)])] {
            #expect(try Fence(decoding: fence.encoded()) == fence)
            #expect(fence.encoded().count < 256)
        }
    }

    @Test func `the reader stands behind the fence`() throws {
        var reader = BinaryReader(full.encoded() + [42])
        _ = try Fence(decoding: &reader)
        #expect(try reader.readByte() == 42)
    }

    @Test(
        arguments: [
            [], [1], [1, 1, 1, 0], [2, 5, 1, 0, 0, 1, 1, 0, 0], [2, 1, 1, 0, 0, 1, 1, 0, 0], [1, 8, 1, 0, 0],
            [1, 1, 0x81, 0x00, 0, 0], [0, 0], [1, 1, 0xff, 0xff, 0xff, 0xff, 0x1f, 0, 0],
        ] as [[UInt8]]
    )
    func `other bytes are refused`(bytes: [UInt8]) {
        #expect(throws: BinaryReader.Failure.self) { try Fence(decoding: bytes) }
    }

    @Test func `every prefix and every flipped bit is refused or is another canonical fence`() {
        let bytes = full.encoded()
        for length in bytes.indices {
            #expect(throws: BinaryReader.Failure.self) { try Fence(decoding: Array(bytes[..<length])) }
        }
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                guard let fence = try? Fence(decoding: changed) else { continue }
                #expect(fence.encoded() == changed)
            }
        }
    }
}
