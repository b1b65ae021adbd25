import Testing

@testable import Recommenders

@Suite struct VMISKNNArtefactTests {
    @Test(arguments: [SessionTieOrder.given, .seeded(9)])
    func `what was written is read, and goes on being updated`(ties: SessionTieOrder) throws {
        let parameters = VMISKNNParameters(
            recentSessions: 9,
            lengthQuantile: 0.9,
            ties: ties,
            mostSessions: 75,
            maximumAgeDays: 30
        )
        var model = try VMISKNNModel.fit(RandomSessions.log(count: 80, itemCount: 15, seed: 71), parameters: parameters)
        var artefact = ModelArtefact()
        artefact.set(model)
        var read = try ModelArtefact(decoding: artefact.encoded()).model(VMISKNNModel.self)
        #expect(read == model)
        #expect(read.parameters == parameters)
        let more = try SessionLog(
            itemCount: 15,
            sessions: RandomSessions.sessions(count: 9, itemCount: 15, from: 20, seed: 72)
        )
        try model.update(with: more)
        try read.update(with: more)
        #expect(read == model)
        for session in RandomSessions.open(count: 20, itemCount: 15, seed: 73) {
            #expect(try read.recommend(after: session, limit: 15) == model.recommend(after: session, limit: 15))
        }
    }

    @Test func `a cut or changed section is refused or read as some sane model`() throws {
        let model = try VMISKNNModel.fit(RandomSessions.log(count: 30, itemCount: 9, seed: 74))
        let bytes = model.encodedSection()
        for length in stride(from: 0, to: bytes.count, by: 5) {
            #expect(throws: RecommenderError.self) { try VMISKNNModel(decodingSection: Array(bytes.prefix(length))) }
        }
        #expect(throws: RecommenderError.self) { try VMISKNNModel(decodingSection: bytes + [0]) }
        var random = RandomSource(seed: 75)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 + random.next() % 255)
            guard let read = try? VMISKNNModel(decodingSection: damaged) else { continue }
            let list = try read.recommend(after: [0, 1], limit: 9)
            #expect(list.allSatisfy { !$0.score.isNaN })
        }
    }
}
