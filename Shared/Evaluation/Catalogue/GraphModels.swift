import Recommenders

extension ModelCatalogue {
    private static let neighbours = ParameterSpec("k", .logInteger(5...1000), .integer(100), "items kept per item")
    private static let alpha = ParameterSpec("alpha", .real(0...2), .real(1), "power of the probabilities")

    private static func normalised(_ standard: Bool) -> ParameterSpec {
        ParameterSpec("normalised", .boolean, .boolean(standard), "each row is divided by its sum")
    }

    static let graph: [CatalogueModel] = [
        .history(
            "P3alpha",
            "random walks of three steps (Cooper et al. 2014)",
            [neighbours, alpha, normalised(true)],
            P3AlphaModel.self
        ) {
            .init(neighbours: $0.integer("k"), alpha: $0.real("alpha"), isNormalised: $0.boolean("normalised"))
        },
        .history(
            "RP3beta",
            "random walks of three steps, popular items held back (Paudel et al. 2017)",
            [
                neighbours, alpha,
                ParameterSpec("beta", .real(0...1), .real(0.5), "how much popular items are held back"),
                normalised(false),
            ],
            RP3BetaModel.self
        ) {
            .init(
                neighbours: $0.integer("k"),
                alpha: $0.real("alpha"),
                beta: $0.real("beta"),
                isNormalised: $0.boolean("normalised")
            )
        },
        .history(
            "CCO",
            "correlated cross-occurrence by log-likelihood ratio (Dunning, Friedman 2014), one behaviour",
            [
                ParameterSpec("indicators", .logInteger(5...1000), .integer(50), "indicators per item"),
                ParameterSpec("threshold", .real(0...20), .real(0), "ratio that an indicator must exceed"),
                ParameterSpec("match", .choice(["ratio", "one"]), .choice("ratio"), "what a match counts"),
            ],
            CCOModel.self
        ) {
            CCOParameters(
                indicators: $0.integer("indicators"),
                threshold: $0.real("threshold"),
                match: .init(rawValue: $0.choice("match")) ?? .ratio
            )
        },
    ]
}
