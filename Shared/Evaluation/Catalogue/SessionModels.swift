import Recommenders

extension ModelCatalogue {
    static let sessions: [CatalogueModel] = [
        .session(
            "VMIS-kNN",
            "items of similar recent sessions (Kersbergen et al. 2022)",
            [
                ParameterSpec("m", .logInteger(50...5000), .integer(500), "newest sessions that are compared"),
                ParameterSpec("k", .logInteger(10...1500), .integer(50), "most similar of them that count"),
                ParameterSpec("last", .logInteger(1...50), .integer(2), "clicks of the open session that count"),
                ParameterSpec("idf", .real(0...5), .real(1), "how strongly rare items are preferred"),
                ParameterSpec(
                    "quantile",
                    .real(0.9...1),
                    .real(0.995),
                    "longer sessions than this share of all stay out"
                ),
            ],
            VMISKNNModel.self
        ) { values in
            VMISKNNParameters(
                recentSessions: values.integer("m"),
                neighbours: values.integer("k"),
                lastClicks: values.integer("last"),
                idfWeight: values.real("idf"),
                lengthQuantile: values.double("quantile")
            )
        }
    ]
}
