import Catalog
import Foundation
import Hummingbird
import JSON
import NIOCore
import ServiceSupport

/// `GET`, `PUT` and `DELETE` of catalog entries; writes go through the topic `catalog.items`.
struct CatalogRoutes {
    let cards: ItemCards
    let store: any ServingStore
    let writer: any CatalogWriter
    let maximumBodyBytes: Int

    func addReading(to router: Router<BasicRequestContext>) {
        router.get("/v1/items/{id}", use: item)
    }

    func addWriting(to router: RouterGroup<BasicRequestContext>) {
        router.put("/v1/items", use: upsert)
        router.delete("/v1/items/{id}", use: delete)
    }

    /// Reads past the cards of this process, so that a caller sees what was written as soon as it is stored.
    private func item(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try RequestReader(request: request, context: context).id()
        let found = try await store.items([id])
        guard let item = found.first ?? nil else { throw Problem(.notFound, detail: "the catalog has no such item") }
        cards.insert(item, id: id)
        var json = JSONWriter(reservingCapacity: 512)
        CatalogCodec.write(item, to: &json)
        return AnswerWriter.response(json)
    }

    private func upsert(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let isLines = try Self.isLines(request.headers[.contentType])
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: maximumBodyBytes)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, detail: "a batch has at most \(maximumBodyBytes) bytes")
        } catch {
            throw Problem(.badRequest, title: "Not whole", detail: "the body ends early, or its chunks cannot be read")
        }
        // An import is large: the event loop's other connections do not wait for it.
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await upsertInPool(Array(body.readableBytesView), isLines: isLines)
        }
    }

    @concurrent
    private func upsertInPool(_ body: [UInt8], isLines: Bool) async throws -> Response {
        let batch: CatalogBatch
        do {
            batch = try CatalogBatch(body, isLines: isLines)
        } catch {
            throw Problem(.badRequest, detail: "the body is not JSON: \(error)")
        }
        try await deliver(batch.items.map { .upsert($0) })
        for item in batch.items { cards.insert(item, id: item.id) }
        return accepted(batch.items.count, rejected: batch.rejected)
    }

    private func delete(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let id = try RequestReader(request: request, context: context).id()
        try await deliver([.delete(id)])
        cards.insert(nil, id: id)
        return accepted(1, rejected: [])
    }

    private func deliver(_ changes: [CatalogChange]) async throws(Problem) {
        let undelivered = await writer.write(changes)
        guard undelivered > 0 else { return }
        throw Problem(
            .serviceUnavailable,
            detail:
                "Kafka has not acknowledged \(undelivered) of \(changes.count) entries; sending all again is harmless",
            retryAfterSeconds: 1
        )
    }

    private func accepted(_ count: Int, rejected: [CatalogBatch.Rejection]) -> Response {
        var json = JSONWriter(reservingCapacity: 64)
        json.beginObject()
        json.field("accepted", count)
        json.key("rejected")
        json.beginArray()
        for rejection in rejected {
            json.beginObject()
            json.field("index", rejection.index)
            json.field("reason", rejection.error.reason.rawValue)
            json.field("field", rejection.error.field)
            json.field("message", rejection.error.message)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return AnswerWriter.response(json, status: .accepted)
    }

    private static func isLines(_ contentType: String?) throws(Problem) -> Bool {
        let type = contentType?.prefix { $0 != ";" }.lowercased().trimmingCharacters(in: .whitespaces)
        switch type {
        case nil, "application/json": return false
        case "application/x-ndjson": return true
        default:
            throw Problem(.unsupportedMediaType, detail: "send application/json or application/x-ndjson")
        }
    }
}
