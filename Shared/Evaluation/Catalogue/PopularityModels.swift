import Recommenders

extension ModelCatalogue {
    static let popularity: [CatalogueModel] = [
        .history("MostPopular", "the same list for everybody: the items of most users", [], PopularityModel.self) { _ in
            .users
        }
    ]
}
