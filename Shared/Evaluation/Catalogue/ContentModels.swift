import Recommenders

extension ModelCatalogue {
    static let content: [CatalogueModel] = [
        CatalogueModel(
            "Content",
            "items that are described alike: text by BM25 or TF-IDF, tags, creators (Lops et al. 2011)",
            [
                ParameterSpec("text", .choice(["bm25", "tf-idf"]), .choice("bm25"), "what a word counts"),
                ParameterSpec("latent", .integer(0...200), .integer(0), "dimensions of latent semantics, 0 for none"),
                ParameterSpec("text-weight", .real(0.01...2), .real(1), "how much text counts"),
                ParameterSpec("tag-weight", .real(0.01...2), .real(1), "how much tags count"),
                ParameterSpec("creator-weight", .real(0.01...2), .real(1), "how much creators count"),
            ],
            needsContent: true
        ) { training, values, context in
            guard let contents = training.contents else {
                throw ModelError("the model looks at what items are; describe them with --items FILE")
            }
            let parameters = ContentParameters(
                textWeighting: values.choice("text") == "tf-idf" ? .tfIdf(sublinear: true) : .bm25(),
                latentDimensions: values.integer("latent"),
                weights: .init(
                    text: values.real("text-weight"),
                    tags: values.real("tag-weight"),
                    creators: values.real("creator-weight")
                )
            )
            return .history(try ContentModel.fit(contents, parameters: parameters, context: context))
        }
    ]
}
