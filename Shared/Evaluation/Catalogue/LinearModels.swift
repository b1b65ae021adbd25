import Recommenders

extension ModelCatalogue {
    static let linear: [CatalogueModel] = [
        .history(
            "EASE",
            "linear autoencoder in closed form, EASE^R (Steck 2019)",
            [ParameterSpec("l2", .logReal(10...5000), .real(300), "weight of the squared weights")],
            EASEModel.self
        ) { .init(regularization: $0.double("l2")) }
    ]
}
