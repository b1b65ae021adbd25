import Events
import Foundation
import PublishedLists

/// Lists as a client gets them from a server.
struct ServedLists: Sendable {
    let server: URL
    private let http = HTTPClient()

    init(server: URL) {
        self.server = server
    }

    private struct Answer: Decodable {
        struct Item: Decodable {
            var id: String
        }
        var items: [Item]
        var fallback: String?
    }

    /// Whether the server answers with these items, in this order.
    func compare(_ items: [String], of user: UserKey) async throws -> ListAgreement.Verdict {
        let name = user.isAnonymous ? "anonymous" : "user"
        let id = user.isAnonymous ? String(user.rawValue.dropFirst()) : user.rawValue
        // What the server answers at most.
        let expected = Array(items.prefix(100))
        let url = server.appending(path: "v1/recommendations").appending(queryItems: [
            URLQueryItem(name: name, value: id), URLQueryItem(name: "limit", value: "\(expected.count)"),
        ])
        let answer = try await http.get(url)
        guard answer.status == 200 else { throw Complaint("\(url): \(answer.status) \(answer.text)") }
        let served = try JSONDecoder().decode(Answer.self, from: answer.body)
        if let fallback = served.fallback { return .notComparable("the server answers with a fallback: \(fallback)") }
        let found = served.items.map(\.id)
        for (place, pair) in zip(found, expected).enumerated() where pair.0 != pair.1 {
            return .differs(place: place, expected: pair.1, found: "\(pair.0) over HTTP")
        }
        guard found.count == expected.count else {
            return .differs(
                place: min(found.count, expected.count),
                expected: "\(expected.count) items",
                found: "\(found.count) items over HTTP"
            )
        }
        return .agrees(items: items)
    }
}
