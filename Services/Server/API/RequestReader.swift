import Events
import Foundation
import Hummingbird
import ServiceSupport

/// Reads parameters strictly: what is wrong is a 400 that says what would be right.
struct RequestReader {
    private let context: BasicRequestContext
    private let parameters: Parameters

    init(request: Request, context: BasicRequestContext) {
        self.context = context
        parameters = request.uri.queryParameters
    }

    /// `limit`, from 1 to 100.
    func limit(default defaultLimit: Int) throws(Problem) -> Int {
        guard let text = parameters["limit"] else { return defaultLimit }
        guard let limit = Int(text), (1...100).contains(limit) else {
            throw Problem(.badRequest, detail: "limit must be a whole number from 1 to 100, not '\(text.prefix(40))'")
        }
        return limit
    }

    /// `user` or `anonymous`, exactly one of them.
    func user() throws(Problem) -> UserKey {
        let user = query("user")
        let anonymous = query("anonymous")
        switch (user, anonymous) {
        case (let user?, nil): return try key(UserKey(userID: user), given: user, name: "user")
        case (nil, let anonymous?): return try key(UserKey(anonymousID: anonymous), given: anonymous, name: "anonymous")
        default: throw Problem(.badRequest, detail: "give either user or anonymous, and only one of them")
        }
    }

    /// `placement`, the place on the page that asks.
    func placement() throws(Problem) -> String {
        let placement = query("placement") ?? "default"
        guard EventValidator.isIDWellFormed(placement, maximumBytes: 128) else {
            throw Problem(.badRequest, detail: "placement must have 1 to 128 bytes and no control characters")
        }
        return placement
    }

    /// The `{id}` of the path, decoded.
    func id() throws(Problem) -> String {
        guard let raw = context.parameters.get("id"), let id = String(raw).removingPercentEncoding,
            EventValidator.isIDWellFormed(id, maximumBytes: UserKey.maximumLength)
        else {
            throw Problem(
                .badRequest,
                detail: "the id must have 1 to \(UserKey.maximumLength) bytes of UTF-8 and no control characters"
            )
        }
        return id
    }

    private func key(_ key: UserKey, given: String, name: String) throws(Problem) -> UserKey {
        guard EventValidator.isIDWellFormed(given, maximumBytes: UserKey.maximumLength),
            key.rawValue.utf8.count <= UserKey.maximumLength
        else {
            throw Problem(
                .badRequest,
                detail: "\(name) must have 1 to \(UserKey.maximumLength) bytes of UTF-8 and no control characters"
            )
        }
        return key
    }

    private func query(_ name: String) -> String? {
        parameters[name[...]].map(String.init)
    }
}
