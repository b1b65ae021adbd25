import Evaluation
import Foundation
import Recommenders
import ReferenceData
import Testing

/// Untuned reference figures, HitRate@10 and NDCG@10.
@Suite struct TemporalSplitTests {
    private let fold: Fold?

    init() throws {
        fold = try TemporalSplitFixture.fold()
    }

    @Test func `603 users have hidden items`() throws {
        guard let fold else { return }
        #expect(fold.cases.count == 603)
        #expect(fold.training.itemCount == 9724)
    }

    @Test func `most popular reaches the reference figures`() throws {
        try hold("MostPopular", [], hitRate: 0.320, gain: 0.077)
    }

    @Test func `ItemKNN with cosine reaches the reference figures`() throws {
        try hold("ItemKNN", ["k=50"], hitRate: 0.466, gain: 0.118)
    }

    @Test func `implicit ALS reaches the reference figures`() throws {
        try hold("ALS", ["factors=32", "regularization=10", "iterations=10", "alpha=1"], hitRate: 0.493, gain: 0.121)
    }

    @Test func `EASE reaches the reference figures`() throws {
        try hold("EASE", ["l2=100"], hitRate: 0.517, gain: 0.135)
    }

    private func hold(_ model: String, _ assignments: [String], hitRate: Double, gain: Double) throws {
        guard let fold else { return }
        let figures = try TemporalSplitFixture.figures(of: model, assignments, on: fold)
        let text = String(format: "HitRate@10 %.4f NDCG@10 %.4f", figures.hitRate, figures.gain)
        print(model, text)
        #expect(abs(figures.hitRate - hitRate) <= 0.01)
        #expect(abs(figures.gain - gain) <= 0.01)
        if abs(figures.hitRate - hitRate) <= 0.01 {
            ReferenceData.reproduced("movielens-latest-small temporal split \(model)", text)
        }
    }
}
