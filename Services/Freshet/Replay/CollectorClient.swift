import Foundation
import JSON
import ServiceSupport
import Threading

/// Sends batches of events until the collector has taken each event or said that it never will.
struct CollectorClient: Sendable {
    /// What became of a batch.
    struct Outcome: Sendable {
        var accepted = 0
        var rejected: [String] = []
    }

    private struct Answer: Decodable {
        struct Rejected: Decodable {
            var index: Int
            var eventId: String?
            var reason: String
        }
        var accepted: Int
        var rejected: [Rejected]
    }

    private let client: HTTPClient
    private let url: URL

    init(client: HTTPClient, collector: URL) {
        self.client = client
        url = collector.appending(path: "v1/events")
    }

    /// Sends events in this order; the collector's back-pressure makes it wait and send the same batch again.
    func send(_ events: [ReplayEvent]) async throws -> Outcome {
        var body: [UInt8] = []
        body.reserveCapacity(events.reduce(0) { $0 + $1.json.count + 1 })
        for event in events {
            body += event.json
            body.append(UInt8(ascii: "\n"))
        }
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(10))
        var lastProblem = ""
        for _ in 0..<60 {
            do {
                let answer = try await client.send("POST", url, body: body, type: "application/x-ndjson")
                switch answer.status {
                case 202:
                    let taken = try JSONDecoder().decode(Answer.self, from: answer.body)
                    return Outcome(
                        accepted: taken.accepted,
                        rejected: taken.rejected.map { "\($0.eventId ?? "event \($0.index)"): \($0.reason)" }
                    )
                case 429, 503, 502, 504:
                    lastProblem = "\(answer.status) \(answer.text)"
                    try await Task.sleep(for: answer.retryAfter ?? backoff.next())
                default:
                    throw Complaint("\(url) answers \(answer.status): \(answer.text)")
                }
            } catch let error as URLError {
                // The collector may have taken them; the event ids make the second time harmless.
                lastProblem = error.localizedDescription
                try await Task.sleep(for: backoff.next())
            }
        }
        throw Complaint("\(url) does not take events: \(lastProblem); go on later with --resume")
    }
}
