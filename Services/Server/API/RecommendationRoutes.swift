import Events
import Foundation
import Hummingbird
import JSON
import ServiceSupport

/// `GET /v1/recommendations`, `/v1/trending` and `/v1/items/{id}/similar`.
struct RecommendationRoutes {
    let recommendations: Recommendations
    let metrics: RecommendationMetrics

    func add(to router: Router<BasicRequestContext>) {
        router.get("/v1/recommendations", use: personal)
        router.get("/v1/trending", use: trending)
        router.get("/v1/items/{id}/similar", use: similar)
    }

    private func personal(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let reader = RequestReader(request: request, context: context)
        let user = try reader.user()
        let placement = try reader.placement()
        let limit = try reader.limit(default: 20)
        let answer = try await recommendations.personal(for: user, limit: limit)
        metrics.count(answer.fallback)
        var json = AnswerWriter.json(for: answer)
        json.beginObject()
        json.field("requestId", UUID().uuidString.lowercased())
        json.field("user", user.rawValue)
        json.field("placement", placement)
        json.key("modelVersion")
        Self.write(answer.modelVersion, to: &json)
        json.key("policy")
        if let policy = answer.policy { json.write(policy) } else { json.writeNull() }
        json.key("profileRevision")
        Self.write(answer.profileRevision, to: &json)
        AnswerWriter.write(answer, to: &json)
        json.key("fallback")
        if let fallback = answer.fallback { json.write(fallback.rawValue) } else { json.writeNull() }
        json.field("tookMs", AnswerWriter.milliseconds(since: start))
        json.endObject()
        return AnswerWriter.response(json)
    }

    private func trending(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let limit = try RequestReader(request: request, context: context).limit(default: 20)
        let answer = try await recommendations.whatIsTrending(limit: limit)
        return shared(answer, start: start)
    }

    private func similar(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let reader = RequestReader(request: request, context: context)
        let id = try reader.id()
        let limit = try reader.limit(default: 20)
        let answer = try await recommendations.similar(to: id, limit: limit)
        return shared(answer, start: start, itemID: id)
    }

    private func shared(
        _ answer: Recommendations.Answer,
        start: ContinuousClock.Instant,
        itemID: String? = nil
    ) -> Response {
        var json = AnswerWriter.json(for: answer)
        json.beginObject()
        json.field("itemId", itemID)
        json.key("modelVersion")
        Self.write(answer.modelVersion, to: &json)
        AnswerWriter.write(answer, to: &json)
        json.field("tookMs", AnswerWriter.milliseconds(since: start))
        json.endObject()
        return AnswerWriter.response(json)
    }

    private static func write(_ number: UInt64?, to json: inout JSONWriter) {
        if let number { json.write(Int64(clamping: number)) } else { json.writeNull() }
    }
}
