import Catalog
import Events
import Recommenders

/// What reorders a ranked list, as the plan says.
struct ListPolicies {
    private let request: ListRequest
    private let pipeline: ListPipeline
    private let length: Int

    init(_ request: ListRequest, _ pipeline: ListPipeline, length: Int) {
        self.request = request
        self.pipeline = pipeline
        self.length = length
    }

    /// The candidates in the new order; parameters were checked with the plan, and what fails nevertheless changes nothing.
    func order(_ candidates: [Candidate], catalog: [String: CatalogItem]) -> [Candidate] {
        // The steps look items up by number: here, by place.
        let entries = candidates.map { catalog[pipeline.id(of: $0.item)] }
        guard let steps = try? steps(for: candidates, entries), !steps.isEmpty else { return candidates }
        let places = candidates.enumerated().map { place, candidate in
            Candidate(item: place, score: candidate.score, sources: candidate.sources)
        }
        guard let ordered = try? Reranking(steps)(places, limit: places.count) else { return candidates }
        return ordered.map { entry in
            Candidate(item: candidates[entry.item].item, score: entry.score, sources: entry.sources)
        }
    }

    private func steps(
        for candidates: [Candidate],
        _ entries: [CatalogItem?]
    ) throws(RecommenderError) -> [any Reranker] {
        let policies = pipeline.plan.policies
        var steps: [any Reranker] = []
        if policies.popularityExponent > 0 {
            let scores = pipeline.bundle.models.popularity.scores
            let popularity = candidates.map { $0.item < scores.count ? scores[$0.item] : 0 }
            steps.append(
                try PopularityCorrection(popularity: popularity, exponent: Float(policies.popularityExponent))
            )
        }
        if policies.recencyWeight > 0 {
            // Who says nothing of its age is old.
            let ages = entries.map { $0?.ageDays(at: request.now) ?? 1e6 }
            steps.append(
                try RecencyBoost(
                    ages: ages,
                    halfLife: Float(policies.recencyHalfLifeDays),
                    weight: Float(policies.recencyWeight)
                )
            )
        }
        if policies.rotationTemperature > 0 {
            let temperature = Float(policies.rotationTemperature)
            steps.append(try SeededRotation(seed: request.seed, temperature: temperature))
        }
        guard policies.diversityLambda < 1 || policies.categoryLimit > 0 else { return steps }
        let categories = Self.categories(of: entries)
        if policies.diversityLambda < 1 {
            steps.append(
                try MaximalMarginalRelevance(
                    lambda: Float(policies.diversityLambda),
                    depth: length,
                    similarity: .categories(categories)
                )
            )
        }
        if policies.categoryLimit > 0 {
            steps.append(
                try CategoryCap(categories: categories, limit: policies.categoryLimit, depth: policies.categoryDepth)
            )
        }
        return steps
    }

    private static func categories(of entries: [CatalogItem?]) -> [Set<Int>] {
        var numbers: [String: Int] = [:]
        return entries.map { entry in
            Set(
                (entry?.categories ?? []).map { name in
                    let number = numbers[name, default: numbers.count]
                    numbers[name] = number
                    return number
                }
            )
        }
    }
}

extension CatalogItem {
    /// How many days ago it appeared; `nil` when the catalog does not say.
    func ageDays(at now: Timestamp) -> Float? {
        createdAt.map { Float(max(0, Double(now.milliseconds - $0.milliseconds)) / 86_400_000) }
    }
}
