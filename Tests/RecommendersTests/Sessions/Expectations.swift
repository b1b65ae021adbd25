import Testing

@testable import Recommenders

/// Expects an error of this code.
func expect(
    _ code: RecommenderError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    let error = #expect(throws: RecommenderError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}

extension Sequence<ScoredItem> {
    var scoresByItem: [Int: Float] { Dictionary(uniqueKeysWithValues: map { ($0.item, $0.score) }) }
}
