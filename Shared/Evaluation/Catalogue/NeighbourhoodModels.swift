import Recommenders

extension ModelCatalogue {
    static let neighbourhood: [CatalogueModel] = [
        .history(
            "ItemKNN",
            "items near the items of the history (Sarwar et al. 2001)",
            neighbourParameters(perWhat: "item"),
            ItemKNNModel.self
        ) { values in
            NeighbourhoodParameters(
                neighbours: values.integer("k"),
                similarity: similarity(values),
                shrinkage: values.real("shrinkage"),
                weighting: weighting(values)
            )
        },
        .history(
            "UserKNN",
            "what the nearest users know (Herlocker et al. 1999)",
            neighbourParameters(perWhat: "user"),
            UserKNNModel.self
        ) { values in
            NeighbourhoodParameters(
                neighbours: values.integer("k"),
                similarity: similarity(values),
                shrinkage: values.real("shrinkage"),
                weighting: weighting(values)
            )
        },
    ]

    private static func neighbourParameters(perWhat: String) -> [ParameterSpec] {
        [
            ParameterSpec("k", .logInteger(5...1000), .integer(100), "neighbours per \(perWhat)"),
            ParameterSpec(
                "similarity",
                .choice(["cosine", "asymmetric", "pearson", "jaccard", "llr"]),
                .choice("cosine"),
                "how alike two are; llr is the log-likelihood ratio"
            ),
            ParameterSpec("shrinkage", .real(0...200), .real(0), "added to the denominator of the similarity"),
            ParameterSpec(
                "weighting",
                .choice(["binary", "tf-idf", "bm25"]),
                .choice("binary"),
                "what an interaction counts; jaccard and llr do not look at it"
            ),
            ParameterSpec("alpha", .real(0...1), .real(0.5), "exponent of the asymmetric cosine; .5 is the cosine"),
        ]
    }

    private static func similarity(_ values: ParameterValues) -> NeighbourSimilarity {
        switch values.choice("similarity") {
        case "asymmetric": .asymmetricCosine(alpha: values.real("alpha"))
        case "pearson": .pearson
        case "jaccard": .jaccard
        case "llr": .logLikelihood
        default: .cosine
        }
    }

    private static func weighting(_ values: ParameterValues) -> InteractionWeighting {
        switch values.choice("weighting") {
        case "tf-idf": .tfIDF
        case "bm25": .bm25(saturation: 1.2, lengthNormalisation: 0.75)
        default: .binary
        }
    }
}
