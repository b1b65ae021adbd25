import Testing

@testable import Recommenders

@Suite struct TermStatisticsTests {
    private let run = Self.run(["apple banana apple", "banana cherry", "banana", ""])

    private static func run(_ texts: [String]) -> TermRun<String> {
        ContentRun(texts.map { ItemContent(text: $0) }, parameters: ContentParameters()).words
    }

    @Test func `TF-IDF is what the formula says`() {
        let statistics = TermStatistics(runs: [run], weighting: .tfIdf(sublinear: false))
        let rows = statistics.rows(of: run)
        // Three texts, the empty one is none. Columns by alphabet: apple in one, banana in three, cherry in one.
        #expect(rows.map { $0.map(\.item) } == [[0, 1], [1, 2], [1], []])
        #expect(abs(rows[0][0].weight - 2 * 1.693_147_2) < 1e-6)  // ln(4 / 2) + 1
        #expect(abs(rows[0][1].weight - 1) < 1e-6)  // ln(4 / 4) + 1
        #expect(abs(rows[1][1].weight - 1.693_147_2) < 1e-6)
        let sublinear = TermStatistics(runs: [run], weighting: .tfIdf(sublinear: true)).rows(of: run)
        #expect(abs(sublinear[0][0].weight - 1.693_147_2 * 1.693_147_2) < 1e-6)  // (1 + ln 2) (ln(4 / 2) + 1)
    }

    @Test func `BM25 is what the formula says`() {
        let statistics = TermStatistics(runs: [run], weighting: .bm25(k1: 1.2, b: 0.75))
        let rows = statistics.rows(of: run)
        // Mean length 2. Apple: idf ln(1 + 2.5 / 1.5) = .980829; 2 · 2.2 / (2 + 1.2 · (.25 + .75 · 3 / 2)) = 1.205479.
        #expect(abs(rows[0][0].weight - 1.182_369) < 1e-5)
        // Banana: idf ln(1 + .5 / 3.5) = .133531; length 3: 2.2 / 2.65, length 2: 1, length 1: 2.2 / 1.75.
        #expect(abs(rows[0][1].weight - 0.133_531 * 2.2 / 2.65) < 1e-5)
        #expect(abs(rows[1][0].weight - 0.133_531) < 1e-5)
        #expect(abs(rows[2][0].weight - 0.133_531 * 2.2 / 1.75) < 1e-5)
    }

    @Test func `rare and ubiquitous words are left out, and still make a text long`() {
        let frequent = TermStatistics(runs: [run], weighting: .tfIdf(sublinear: false), minimumItems: 2)
        #expect(frequent.termCount == 1)
        let rare = TermStatistics(runs: [run], weighting: .tfIdf(sublinear: false), maximumShare: 0.9)
        #expect(rare.termCount == 2)
        let bm25 = TermStatistics(runs: [run], weighting: .bm25(k1: 1.2, b: 0.75), minimumItems: 2).rows(of: run)
        #expect(abs(bm25[0][0].weight - 0.133_531 * 2.2 / 2.65) < 1e-5)
    }

    @Test func `items in several runs, in any order, give the same statistics`() {
        let texts = ["apple banana apple", "banana cherry", "banana", "", "durian apple"]
        let whole = TermStatistics(runs: [Self.run(texts)], weighting: .bm25())
        let parts = [Self.run([texts[4], texts[2]]), Self.run([texts[3], texts[0], texts[1]])]
        #expect(TermStatistics(runs: parts, weighting: .bm25()) == whole)
    }
}
