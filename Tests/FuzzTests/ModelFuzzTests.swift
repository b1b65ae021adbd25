import Events
import Profiles
import Scoring
import SeededRandom
import Segments
import Testing
import Training

@testable import Recommenders

@Suite("Fuzzed models and snapshots")
struct ModelFuzzTests {
    private static let itemCount = 9

    @Test func `artefacts, with a checksum that is right`() throws {
        let whole = ModelArtefact(sections: ["a": [1, 2, 3], "é": [], "item-ids": Array("a\nb".utf8)]).encoded()
        let samples = [whole, ModelArtefact().encoded()].map { Array($0.dropLast(4)) }
        try DecoderFuzz(name: "ModelArtefact", samples: samples).run { bytes in
            var signed = ByteWriter()
            signed.bytes = bytes
            signed.write(Checksum.crc32(bytes))
            do throws(RecommenderError) {
                return Array(try ModelArtefact(decoding: signed.bytes).encoded().dropLast(4))
            } catch {
                _ = error.description
                return nil
            }
        }
        try DecoderFuzz(name: "ModelArtefact unsigned", samples: [whole]).run { bytes in
            do throws(RecommenderError) { return try ModelArtefact(decoding: bytes).encoded() } catch { return nil }
        }
    }

    @Test func `factors, neighbours and sums, which go on scoring`() throws {
        let matrix = try Self.matrix()
        let als: [ALSParameters] = [
            ALSParameters(factors: 5, iterations: 1), ALSParameters(factors: 3, iterations: 1, solver: .block(size: 2)),
        ]
        try fuzz(als.map { try ALSModel.fit(matrix, parameters: $0) }) { try Self.score($0) }
        let cosine = [NeighbourSimilarity.cosine, .asymmetricCosine(alpha: 0.5)].map {
            NeighbourhoodParameters(neighbours: 3, similarity: $0)
        }
        try fuzz(cosine.map { try ItemKNNModel.fit(matrix, parameters: $0) }) { try Self.score($0) }
        try fuzz([try PopularityModel.fit(matrix)]) { try Self.score($0) }
        let ease = try EASEModel.fit(matrix, parameters: EASEModel.Parameters(regularization: 2))
        try fuzz([ease, ease.keeping(3)]) { try Self.score($0) }
        let views = CCOBehaviour(name: "views", matrix: matrix, boost: 0.5)
        try fuzz([CCOModel.fit(matrix), CCOModel.fit(matrix, secondary: [views])]) { try Self.score($0) }
    }

    @Test func `descriptions, which go on scoring and taking in others`() throws {
        let contents = (0..<Self.itemCount).map { item in
            ItemContent(
                text: "word\(item % 3) and word\(item % 4)",
                tags: [["a", "b\(item % 2)"]],
                creators: item % 3 == 0 ? ["someone"] : [],
                vector: item == 5 ? [] : [1, Float(item)]
            )
        }
        var latent = ContentParameters()
        latent.latentDimensions = 2
        try fuzz([ContentModel.fit(contents), ContentModel.fit(contents, parameters: latent)]) { model in
            try Self.score(model)
            var content = contents[1]
            content.vector = []
            _ = try model.adding([content]).neighbours(of: model.itemCount)
        }
    }

    @Test func `segment models, with a hash that is right, which go on assigning`() throws {
        let users = (0..<SegmentModel.minimumSample).map { index in
            var profile = UserProfile(firstEventAt: Timestamp(milliseconds: Int64(index) * 86_400_000))
            profile.revision = UInt64(1 + index % 9)
            profile.counters = [.view: 1 + index % 5, .purchase: index % 3]
            return profile
        }
        let samples = try [SegmentModel.Parameters.Kind.kMeans, .mixture(.full)].map { kind in
            var random = RandomSource(seed: 1)
            let parameters = SegmentModel.Parameters(kind: kind, counts: 2...3)
            return Array(try SegmentModel.fit(users, parameters: parameters, using: &random).encoded().dropLast(4))
        }
        try DecoderFuzz(name: "SegmentModel", samples: samples).run { bytes in
            var signed = BinaryWriter()
            signed.write(raw: bytes)
            signed.write(fixed: Murmur2.hash(bytes))
            do throws(SegmentError) {
                let model = try SegmentModel(decoding: signed.bytes)
                for user in users { _ = model.keys(of: user, now: user.lastSeen) }
                return Array(model.encoded().dropLast(4))
            } catch {
                return nil
            }
        }
    }

    @Test func `sessions, which go on recommending`() throws {
        let sessions = (0..<12).map { session in
            (0..<4).map {
                SessionLog.Click(item: (session * 2 + $0) % Self.itemCount, seconds: Double(session * 9 + $0))
            }
        }
        let log = try SessionLog(itemCount: Self.itemCount, sessions: sessions)
        try fuzz([try VMISKNNModel.fit(log)]) { model in
            guard model.itemCount > 1 else { return }
            _ = try model.recommend(after: [0, 1], limit: 5)
        }
    }

    @Test func `graphs, which go on being searched`() throws {
        var generator = SeededGenerator(seed: 4)
        let values = (0..<40 * 6).map { _ in Float.random(in: -1...1, using: &generator) }
        let vectors = try DenseVectors(dimension: 6, values: values)
        let parameters = HNSWParameters(m: 4, efConstruction: 20, efSearch: 10)
        for metric in VectorMetric.allCases {
            let index = try HNSWIndex.build(vectors, metric: metric, parameters: parameters)
            try fuzz([index], name: "hnsw \(metric.rawValue)") { index in
                _ = try index.search([Float](repeating: 0.5, count: index.dimension), limit: 5)
            }
        }
    }

    @Test func `the scorer's matrix and model`() throws {
        guard let decay = try? TimeDecay(halfLifeSeconds: 30 * 86_400, floor: 0.1) else { return }
        var plan = TrainingPlan(taste: TastePolicy(weights: .standard, decay: decay))
        plan.models.als = ALSParameters(factors: 4, iterations: 1)
        var matrix = ActivityMatrix()
        for user in 0..<12 {
            let key = UserKey(userID: "u\(user)")
            for activity in FuzzSamples.activities(count: 9, user: key, seed: UInt64(user)) {
                matrix.apply(activity, plan: plan)
            }
        }
        let next = FuzzSamples.activities(count: 1, user: UserKey(userID: "u0"), seed: 77)
        let snapshot = MatrixSnapshot(origin: "1:x", offsets: [0: 7, 11: 0], matrix: matrix, trainedChanges: 5)
        let section = try ModelArtefact(decoding: snapshot.encoded()).section("activity-matrix-2")
        try DecoderFuzz(name: "MatrixSnapshot", samples: [section]).run { bytes in
            let artefact = ModelArtefact(sections: ["activity-matrix-2": bytes]).encoded()
            guard var read = try? MatrixSnapshot(decoding: artefact) else { return nil }
            let again = try MatrixSnapshot(decoding: read.encoded())
            #expect(again == read)
            _ = read.matrix.changes - read.trainedChanges
            for activity in next { read.matrix.apply(activity, plan: plan) }
            _ = try? TrainingSet(read.matrix, plan: plan)
            return bytes
        }

        let model = try BundleFit(plan: plan)(TrainingSet(matrix, plan: plan))
        try DecoderFuzz(name: "bundle", samples: [model.artefact()]).run { bytes in
            var signed = ByteWriter()
            signed.bytes = Array(bytes.dropLast(4))
            signed.write(Checksum.crc32(signed.bytes))
            do throws(RecommenderError) {
                return try ModelBundle(version: 1, artefact: signed.bytes).artefact()
            } catch {
                return nil
            }
        }
    }

    private func fuzz<Model: ArtefactCodable>(
        _ models: [Model],
        name: String = Model.sectionName,
        use: (Model) throws -> Void
    ) throws {
        try DecoderFuzz(name: name, samples: models.map { $0.encodedSection() }).run { bytes in
            let model: Model
            do throws(RecommenderError) {
                model = try Model(decodingSection: bytes)
            } catch {
                return nil
            }
            try use(model)
            return model.encodedSection()
        }
    }

    private static func score(_ model: some Recommender) throws {
        guard model.itemCount > 0 else { return }
        let scorer = try model.scorer(for: [WeightedItem(item: 0, weight: 1)])
        _ = scorer.top(5, excluding: ItemSet())
        _ = scorer.contributions(to: model.itemCount - 1)
    }

    private static func matrix() throws -> InteractionMatrix {
        var generator = SeededGenerator(seed: 1)
        let interactions = (0..<40).map { _ in
            Interaction(
                user: Int.random(in: 0..<12, using: &generator),
                item: Int.random(in: 0..<itemCount, using: &generator),
                weight: Float.random(in: 1...5, using: &generator)
            )
        }
        return try InteractionMatrix(userCount: 12, itemCount: itemCount, interactions: interactions)
    }
}
