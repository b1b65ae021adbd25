import Recommenders
import Testing

/// A model with parameters for small data, its type erased: what every model must do is tested on all of them.
struct ModelUnderTest: Sendable, CustomTestStringConvertible {
    /// Prepares the scores of a history.
    typealias Scoring = @Sendable ([WeightedItem]) throws(RecommenderError) -> any HistoryScorer

    let testDescription: String
    /// Whether items and users with other numbers get the same scores; not so where random numbers go by index.
    let ignoresNumbering: Bool
    /// Whether the parts that a scorer explains a score with sum up to it.
    let explains: Bool
    /// Which scores do not fall when a history says more.
    let evidence: Evidence
    let fit: @Sendable (InteractionMatrix, FitContext) throws(RecommenderError) -> Scoring

    init<Model: Recommender>(
        _ model: Model.Type,
        _ parameters: Model.Parameters,
        _ name: String? = nil,
        ignoresNumbering: Bool = true,
        explains: Bool = true,
        evidence: Evidence = .sum
    ) {
        testDescription = name ?? "\(model)"
        self.ignoresNumbering = ignoresNumbering
        self.explains = explains
        self.evidence = evidence
        fit = { (matrix, context) throws(RecommenderError) in
            let fitted = try Model.fit(matrix, parameters: parameters, context: context)
            return { (history) throws(RecommenderError) in try fitted.scorer(for: history) }
        }
    }
}

extension ModelUnderTest {
    /// Neighbours are not cut off: which of two equally similar ones is kept goes by number.
    static let all: [ModelUnderTest] = [
        ModelUnderTest(PopularityModel.self, .users, explains: false),
        ModelUnderTest(
            ALSModel.self,
            ALSParameters(factors: 4, iterations: 3),
            ignoresNumbering: false,
            evidence: .ownScoreUpToOne
        ),
        ModelUnderTest(
            ALSModel.self,
            ALSParameters(
                factors: 5,
                iterations: 3,
                regularization: 0.01,
                objective: .frequencyScaled(unobserved: 0.1),
                solver: .block(size: 2)
            ),
            "ALSModel, frequency scaled, blocks",
            ignoresNumbering: false,
            evidence: .unclaimed("each further item adds to the regularisation, which pulls all scores to zero")
        ),
        ModelUnderTest(
            BPRModel.self,
            BPRParameters(factors: 4, epochs: 5, hasItemBias: true),
            ignoresNumbering: false,
            explains: false,
            evidence: .unclaimed("the user's vector is learned anew, in random steps")
        ),
        ModelUnderTest(ItemKNNModel.self, NeighbourhoodParameters(neighbours: 99)),
        ModelUnderTest(UserKNNModel.self, NeighbourhoodParameters(neighbours: 99), evidence: .sharedUsers),
        ModelUnderTest(P3AlphaModel.self, P3AlphaModel.Parameters(neighbours: 99, alpha: 0.8)),
        ModelUnderTest(RP3BetaModel.self, RP3BetaModel.Parameters(neighbours: 99)),
        ModelUnderTest(EASEModel.self, EASEModel.Parameters(regularization: 20)),
        ModelUnderTest(SLIMModel.self, SLIMParameters(neighbours: 99, tolerance: 1e-6, sweeps: 1000)),
        ModelUnderTest(CCOModel.self, CCOParameters(indicators: 99)),
        ModelUnderTest(PureSVDModel.self, PureSVDModel.Parameters(factors: 5)),
    ]
}
