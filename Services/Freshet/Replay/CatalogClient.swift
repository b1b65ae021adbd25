import Catalog
import Foundation
import JSON
import ServiceSupport
import Threading

/// Writes catalog entries through the server and waits until they can be read there.
struct CatalogClient: Sendable {
    private let client: HTTPClient
    private let url: URL

    init(client: HTTPClient, server: URL) {
        self.client = client
        url = server.appending(path: "v1/items")
    }

    /// Puts all entries, in batches; tells how many are done.
    func put(_ items: [CatalogItem], onProgress: (Int) -> Void) async throws {
        var done = 0
        while done < items.count {
            let batch = items[done..<min(done + 500, items.count)]
            var json = JSONWriter(reservingCapacity: batch.count * 256)
            json.beginArray()
            for item in batch { CatalogCodec.write(item, to: &json) }
            json.endArray()
            try await put(json.bytes)
            done += batch.count
            onProgress(done)
        }
    }

    private func put(_ body: [UInt8]) async throws {
        var backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))
        var lastProblem = ""
        for _ in 0..<30 {
            do {
                let answer = try await client.send("PUT", url, body: body, type: "application/json")
                switch answer.status {
                case 200..<300: return
                case 429, 502, 503, 504:
                    lastProblem = "\(answer.status) \(answer.text)"
                    try await Task.sleep(for: answer.retryAfter ?? backoff.next())
                case 401, 403:
                    throw Complaint("\(url) wants an API key: give it with --api-key or FRESHET_API_KEY")
                default: throw Complaint("\(url) answers \(answer.status): \(answer.text)")
                }
            } catch let error as URLError {
                lastProblem = error.localizedDescription
                try await Task.sleep(for: backoff.next())
            }
        }
        throw Complaint("\(url) does not take the catalog: \(lastProblem)")
    }

    /// Waits until the given entries can be read.
    func waitUntilReadable(_ ids: [String], timeout: Duration = .seconds(120)) async throws {
        let deadline = ContinuousClock.now + timeout
        for id in ids {
            while try await client.get(url.appending(path: id)).status != 200 {
                guard ContinuousClock.now < deadline else {
                    throw Complaint("\(url)/\(id) is not readable after \(timeout): does the stream-processor run?")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
