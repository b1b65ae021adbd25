import Events
import Foundation
import Hummingbird
import JSON
import Profiles
import ServiceSupport

/// `GET /v1/users/{id}`: what is known of a user, readable.
struct ProfileRoutes {
    let store: any ServingStore
    let policy: ProfilePolicy

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("/v1/users/{id}", use: profile)
    }

    private func profile(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let user = UserKey(rawValue: try RequestReader(request: request, context: context).id())
        guard let profile = try await store.profile(of: user) else {
            throw Problem(.notFound, detail: "nothing is known of this user")
        }
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        var json = JSONWriter(reservingCapacity: 4096)
        profile.write(user: user, now: now, policy: policy, to: &json)
        return AnswerWriter.response(json)
    }
}
