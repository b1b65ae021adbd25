import Testing

@testable import Recommenders

@Suite struct ModelArtefactTests {
    private let als: ALSModel
    private let cosine: ItemKNNModel
    private let popularity: PopularityModel
    private let bytes: [UInt8]

    init() throws {
        let matrix = try RandomData.matrix(userCount: 12, itemCount: 9, density: 0.4, seed: 1)
        als = try ALSModel.fit(matrix, parameters: ALSParameters(factors: 5, iterations: 2))
        cosine = try ItemKNNModel.fit(matrix, parameters: NeighbourhoodParameters(neighbours: 3))
        popularity = try PopularityModel.fit(matrix)
        var artefact = ModelArtefact()
        artefact.set(als)
        artefact.set(cosine)
        artefact.set(popularity)
        artefact.sections["items"] = Array("a\nb".utf8)
        bytes = artefact.encoded()
    }

    @Test func `what was written is read`() throws {
        let artefact = try ModelArtefact(decoding: bytes)
        #expect(try artefact.model(ALSModel.self) == als)
        #expect(try artefact.model(ItemKNNModel.self) == cosine)
        #expect(try artefact.model(PopularityModel.self) == popularity)
        #expect(artefact.encoded() == bytes)
    }

    @Test func `a cut or changed file is refused`() {
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: RecommenderError.self) { try ModelArtefact(decoding: Array(bytes.prefix(length))) }
        }
        var random = RandomSource(seed: 3)
        for _ in 0..<300 {
            var damaged = bytes
            let position = Int(random.next() % UInt64(bytes.count))
            damaged[position] ^= UInt8(1 + random.next() % 255)
            #expect(throws: RecommenderError.self) { try ModelArtefact(decoding: damaged) }
        }
    }

    @Test func `sections that contradict themselves are refused, whatever the bytes`() throws {
        var random = RandomSource(seed: 4)
        for section in [als.encodedSection(), cosine.encodedSection(), popularity.encodedSection()] {
            for _ in 0..<300 {
                var damaged = section
                for _ in 0..<3 {
                    damaged[Int(random.next() % UInt64(section.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                // Must not crash; a changed number inside a vector cannot be noticed here, the checksum does that.
                _ = try? ALSModel(decodingSection: damaged)
                _ = try? ItemKNNModel(decodingSection: damaged)
                _ = try? PopularityModel(decodingSection: damaged)
            }
        }
    }

    @Test func `another version and a missing section say so`() throws {
        var artefact = ModelArtefact()
        #expect(throws: RecommenderError.self) { try artefact.model(ALSModel.self) }
        artefact.sections["x"] = [1]
        var newer = artefact.encoded()
        newer[8] = 2
        let checksum = Checksum.crc32(newer.dropLast(4))
        for byte in 0..<4 { newer[newer.count - 4 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * byte)) }
        let error = #expect(throws: RecommenderError.self) { try ModelArtefact(decoding: newer) }
        #expect(error?.code == .unsupportedArtefact)
    }

    @Test func `the checksum is the one of zlib`() {
        #expect(Checksum.crc32("123456789".utf8) == 0xCBF4_3926)
    }
}
