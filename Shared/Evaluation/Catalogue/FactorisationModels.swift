import Recommenders

extension ModelCatalogue {
    static let factorisation: [CatalogueModel] = [
        .history(
            "ALS",
            "implicit alternating least squares (Hu, Koren, Volinsky 2008)",
            [
                ParameterSpec("factors", .logInteger(8...128), .integer(64), "length of the vectors"),
                ParameterSpec("iterations", .integer(5...30), .integer(10), "how often both sides are solved"),
                ParameterSpec("regularization", .logReal(0.1...100), .real(20), "weight of the squared lengths"),
                ParameterSpec("alpha", .logReal(0.1...50), .real(1), "confidence of a positive beyond 1"),
            ],
            ALSModel.self
        ) {
            ALSParameters(
                factors: $0.integer("factors"),
                iterations: $0.integer("iterations"),
                regularization: $0.real("regularization"),
                confidence: .linear(alpha: $0.real("alpha"))
            )
        },
        .history(
            "iALS",
            "implicit ALS with scaled regularisation (Rendle et al. 2021)",
            [
                ParameterSpec("factors", .logInteger(8...128), .integer(64), "length of the vectors"),
                ParameterSpec("iterations", .integer(5...30), .integer(16), "how often both sides are solved"),
                ParameterSpec("regularization", .logReal(0.0001...0.1), .real(0.003), "weight of the squared lengths"),
                ParameterSpec("unobserved", .logReal(0.005...1), .real(0.1), "weight of the errors of all pairs"),
                ParameterSpec("exponent", .real(0...1), .real(1), "how regularisation grows with activity"),
            ],
            ALSModel.self
        ) {
            ALSParameters(
                factors: $0.integer("factors"),
                iterations: $0.integer("iterations"),
                regularization: $0.real("regularization"),
                objective: .frequencyScaled(unobserved: $0.real("unobserved"), exponent: $0.real("exponent"))
            )
        },
        .history(
            "BPR",
            "Bayesian personalised ranking (Rendle et al. 2009), AdaGrad",
            [
                ParameterSpec("factors", .logInteger(8...64), .integer(64), "length of the vectors"),
                ParameterSpec("epochs", .logInteger(5...60), .integer(30), "how often all interactions are drawn"),
                ParameterSpec("rate", .logReal(0.005...0.5), .real(0.1), "length of the first steps"),
                ParameterSpec("regularization", .logReal(0.0001...0.2), .real(0.01), "weight of the squared lengths"),
                ParameterSpec("bias", .boolean, .boolean(false), "whether items have a number for all users"),
            ],
            BPRModel.self
        ) {
            BPRParameters(
                factors: $0.integer("factors"),
                epochs: $0.integer("epochs"),
                learningRate: $0.real("rate"),
                regularization: $0.real("regularization"),
                hasItemBias: $0.boolean("bias")
            )
        },
        .history(
            "PureSVD",
            "truncated singular value decomposition (Cremonesi et al. 2010)",
            [ParameterSpec("factors", .logInteger(5...300), .integer(50), "singular values that are kept")],
            PureSVDModel.self
        ) { .init(factors: $0.integer("factors")) },
    ]
}
