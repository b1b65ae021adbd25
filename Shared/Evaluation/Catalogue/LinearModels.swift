import Recommenders

extension ModelCatalogue {
    static let linear: [CatalogueModel] = [
        .history(
            "EASE",
            "linear autoencoder in closed form, EASE^R (Steck 2019)",
            [ParameterSpec("l2", .logReal(10...5000), .real(300), "weight of the squared weights")],
            EASEModel.self
        ) { .init(regularization: $0.double("l2")) },
        .history(
            "SLIM",
            "sparse linear weights by elastic net (Ning, Karypis 2011)",
            [
                ParameterSpec("k", .logInteger(20...1000), .integer(500), "weights per item"),
                ParameterSpec("alpha", .logReal(0.003...0.3), .real(0.01), "weight of the regularisation"),
                ParameterSpec("l1-ratio", .logReal(0.00001...0.5), .real(0.001), "share of the absolute weights in it"),
            ],
            SLIMModel.self
        ) {
            SLIMParameters(
                neighbours: $0.integer("k"),
                regularization: $0.double("alpha"),
                l1Ratio: $0.double("l1-ratio")
            )
        },
    ]
}
