import Recommenders

extension ModelCatalogue {
    /// Hybrids of the models in ``FittedSources``; in one run with those, they use the values that were found for them.
    static let hybrids: [CatalogueModel] = [
        hybrid(
            "hybrid-rrf",
            "reciprocal rank fusion of several models' lists (Cormack et al. 2009)",
            [ParameterSpec("constant", .logReal(1...200), .real(60), "larger, the less the first ranks count")]
                + weights
        ) { sources, values, question, limit in
            let merge = CandidateMerge.reciprocalRankFusion(constant: values.real("constant"))
            return merge(try sources.proposals(question, limit: limit).weighted(values))
        },
        hybrid(
            "hybrid-weighted",
            "sum of scaled scores, personal models count more the more is known of the user (Burke 2002)",
            [ParameterSpec("half", .logReal(0.1...50), .real(2), "items known when personal models count half")]
                + weights
        ) { sources, values, question, limit in
            let known = Float(question.history.count)
            let trust = known / (known + values.real("half"))
            let proposals = try sources.proposals(question, limit: limit).weighted(values).map { proposals in
                var proposals = proposals
                proposals.weight *= impersonal.contains(proposals.source.rawValue) ? 1 - trust : trust
                return proposals
            }
            return CandidateMerge.weightedScores(proposals)
        },
        hybrid(
            "hybrid-switching",
            "one model for users with short histories, another one for the others (Burke 2002)",
            [
                ParameterSpec("below", .logInteger(1...100), .integer(5), "histories shorter than this are short"),
                ParameterSpec("short", .choice(FittedSources.personal), .choice("STAN"), "the model for short ones"),
                ParameterSpec("long", .choice(FittedSources.personal), .choice("EASE"), "the model for others"),
            ]
        ) { sources, values, question, limit in
            let chosen = values.choice(question.history.count < values.integer("below") ? "short" : "long")
            let all = try sources.proposals(question, limit: limit)
            // Behind the chosen model's list come the others', so that it is never short.
            let first = all.filter { $0.source.rawValue == chosen }
            let rest = all.filter { $0.source.rawValue != chosen }
            let top = CandidateMerge.reciprocalRankFusion()(first)
            let named = Set(top.map(\.item))
            return top + CandidateMerge.reciprocalRankFusion()(rest).filter { !named.contains($0.item) }
        },
        lambdaMART,
    ]

    /// Sources that say the same to everybody, or need no history to speak of.
    private static let impersonal: Set<String> = ["MostPopular"]

    private static let weights = FittedSources.names.map { name in
        ParameterSpec(
            "\(name)",
            .real(0...1),
            .real(impersonal.contains(name) || name == "Content" ? 0.1 : 0.5),
            "what \(name) counts"
        )
    }

    private static func hybrid(
        _ name: String,
        _ summary: String,
        _ parameters: [ParameterSpec],
        _ merge: @escaping @Sendable (FittedSources, ParameterValues, EvaluationCase, Int) throws -> [Candidate]
    ) -> CatalogueModel {
        CatalogueModel(preparing: name, summary, parameters, sources: FittedSources.names) { training, found, context in
            let sources = try FittedSources(training, found: found, context)
            return PreparedModel { values, _ in
                .hybrid(itemCount: training.itemCount) { question, limit in
                    try merge(sources, values, question, limit).map(\.scored)
                }
            }
        }
    }
}

extension FittedSources {
    /// Sources that can be asked alone about somebody with a history.
    static var personal: [String] { names.filter { $0 != "MostPopular" && $0 != "Content" } }
}

extension [Proposals] {
    /// The same proposals, each with the weight that the values have under its name.
    fileprivate func weighted(_ values: ParameterValues) -> [Proposals] {
        map { proposals in
            var proposals = proposals
            proposals.weight = values.real(proposals.source.rawValue)
            return proposals
        }
    }
}
