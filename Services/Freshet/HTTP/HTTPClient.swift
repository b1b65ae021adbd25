import Foundation
import FoundationNetworking

/// A small client over keep-alive connections.
struct HTTPClient: Sendable {
    /// An answer in full.
    struct Answer: Sendable {
        var status: Int
        var body: Data
        /// The header `Retry-After` in seconds.
        var retryAfter: Duration?
        /// The body's beginning, for messages.
        var text: String { String(decoding: body.prefix(300), as: UTF8.self) }
    }

    private let session: URLSession
    private let apiKey: String?

    init(connections: Int = 6, apiKey: String? = nil, timeout: Duration = .seconds(30)) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = connections
        configuration.timeoutIntervalForRequest = Double(timeout.components.seconds)
        configuration.urlCache = nil
        session = URLSession(configuration: configuration)
        self.apiKey = apiKey
    }

    func get(_ url: URL) async throws -> Answer {
        try await send(URLRequest(url: url))
    }

    func send(_ method: String, _ url: URL, body: [UInt8], type: String) async throws -> Answer {
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = Data(body)
        request.setValue(type, forHTTPHeaderField: "Content-Type")
        return try await send(request)
    }

    private func send(_ request: URLRequest) async throws -> Answer {
        var request = request
        if let apiKey { request.setValue("Bearer \(apiKey)", forHTTPHeaderField: "Authorization") }
        let (body, response) = try await session.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw Complaint("no HTTP answer") }
        let retryAfter = response.value(forHTTPHeaderField: "Retry-After").flatMap(Double.init)
        return Answer(
            status: response.statusCode,
            body: body,
            retryAfter: retryAfter.map { .milliseconds(Int64($0 * 1000)) }
        )
    }
}
