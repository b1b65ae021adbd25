import Recommenders

extension ModelCatalogue {
    static let sessions: [CatalogueModel] = [
        .session(
            "VMIS-kNN",
            "items of similar recent sessions (Kersbergen et al. 2022)",
            [
                ParameterSpec("m", .logInteger(50...5000), .integer(500), "newest sessions that are compared"),
                ParameterSpec("k", .logInteger(10...1500), .integer(50), "most similar of them that count"),
                lastClicks(2),
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
        },
        .session(
            "STAN",
            "sequence and time aware neighbourhoods (Garg et al. 2019)",
            Array(stanParameters.prefix(6)),
            STANModel.self
        ) { values in
            stan(values, matchDecay: nil, idfWeight: 0)
        },
        .session(
            "V-STAN",
            "STAN with VS-kNN's idf and position of the match (Ludewig et al. 2020)",
            stanParameters,
            STANModel.self
        ) { values in
            stan(values, matchDecay: values.real("match-decay"), idfWeight: values.real("idf"))
        },
        .session(
            "MarkovChain",
            "which item followed which (Markov chain over the last clicks)",
            [
                ParameterSpec("shrinkage", .real(0...20), .real(0), "transitions that count as leading nowhere"),
                lastClicks(1),
                ParameterSpec("click-decay", .real(0...1), .real(0.5), "how much a click counts of the one after it"),
            ],
            MarkovChainModel.self
        ) { values in
            MarkovChainParameters(
                shrinkage: values.double("shrinkage"),
                lastClicks: values.integer("last"),
                clickDecay: values.double("click-decay")
            )
        },
        .session(
            "SequentialRules",
            "which item came within some clicks after which (Kamehkhosh et al. 2017)",
            [
                ParameterSpec("steps", .logInteger(1...100), .integer(10), "how many clicks after the first"),
                weighting("weighting", "what a rule gains by the distance"),
                lastClicks(1),
                weighting("click-weighting", "what a click counts by its place from the end"),
            ],
            SequentialRulesModel.self
        ) { values in
            SequentialRulesParameters(
                steps: values.integer("steps"),
                weighting: .init(rawValue: values.choice("weighting")) ?? .inverse,
                lastClicks: values.integer("last"),
                clickWeighting: .init(rawValue: values.choice("click-weighting")) ?? .inverse
            )
        },
        .session(
            "Item2Vec",
            "skip-gram with negative sampling over sessions (Barkan, Koenigstein 2016)",
            [
                ParameterSpec("dimension", .logInteger(16...64), .integer(64), "length of the vectors"),
                ParameterSpec("window", .logInteger(2...20), .integer(10), "clicks that two items may be apart"),
                ParameterSpec("negatives", .integer(2...10), .integer(5), "random items against each that was there"),
                ParameterSpec("negative-exponent", .real(0...1), .real(0.75), "how popular those are"),
                ParameterSpec("epochs", .logInteger(5...30), .integer(20), "how often sessions are gone through"),
                ParameterSpec("rate", .logReal(0.005...0.2), .real(0.05), "first step size"),
                lastClicks(10),
                ParameterSpec("click-decay", .real(0...1), .real(0.7), "how much a click counts of the one after it"),
            ],
            Item2VecModel.self
        ) { values in
            Item2VecParameters(
                dimension: values.integer("dimension"),
                window: values.integer("window"),
                negatives: values.integer("negatives"),
                negativeExponent: values.double("negative-exponent"),
                epochs: values.integer("epochs"),
                learningRate: values.real("rate"),
                lastClicks: values.integer("last"),
                clickDecay: values.real("click-decay")
            )
        },
        .session(
            "AssociationRules",
            "which items are in one session, in any order (Agrawal et al. 1993, rules of two items)",
            [
                lastClicks(1),
                weighting("click-weighting", "what a click counts by its place from the end"),
            ],
            SequentialRulesModel.self
        ) { values in
            var parameters = SequentialRulesParameters.associationRules
            parameters.lastClicks = values.integer("last")
            parameters.clickWeighting = .init(rawValue: values.choice("click-weighting")) ?? .inverse
            return parameters
        },
    ]

    private static let stanParameters = [
        ParameterSpec("m", .logInteger(100...10_000), .integer(2500), "newest sessions that are compared"),
        ParameterSpec("k", .logInteger(20...2000), .integer(200), "most similar of them that count"),
        lastClicks(20, upTo: 100),
        ParameterSpec("click-decay", .logReal(0.5...50), .real(4), "clicks until an older click counts 1/e"),
        ParameterSpec("recency-days", .logReal(1...1000), .real(40), "days until a neighbour counts 1/e"),
        ParameterSpec(
            "place-decay",
            .logReal(0.5...50),
            .real(2),
            "clicks from the shared item until an item counts 1/e"
        ),
        ParameterSpec(
            "match-decay",
            .logReal(0.5...50),
            .real(4),
            "clicks since the match until a neighbour counts 1/e"
        ),
        ParameterSpec("idf", .real(0...5), .real(1), "how strongly rare items are preferred"),
    ]

    private static func stan(_ values: ParameterValues, matchDecay: Float?, idfWeight: Float) -> STANParameters {
        STANParameters(
            recentSessions: values.integer("m"),
            neighbours: values.integer("k"),
            lastClicks: values.integer("last"),
            clickDecay: values.real("click-decay"),
            recencyDays: values.double("recency-days"),
            placeDecay: values.real("place-decay"),
            matchDecay: matchDecay,
            idfWeight: idfWeight
        )
    }

    private static func lastClicks(_ value: Int, upTo most: Int = 50) -> ParameterSpec {
        ParameterSpec("last", .logInteger(1...most), .integer(value), "clicks of the open session that count")
    }

    private static func weighting(_ name: String, _ meaning: String) -> ParameterSpec {
        let choices = SequentialRulesParameters.Weighting.allCases.map(\.rawValue)
        return ParameterSpec(name, .choice(choices), .choice("inverse"), meaning)
    }
}
