import Events
import Foundation
import JSON

// Events per second of processor time of several JSON decoders and encoders, on one event of about 500 bytes.
let text = """
    {"eventId":"01900f4e-52a1-7c3b-9d2e-0a4bb1c2d3e4","type":"view","userId":"user-4211","anonymousId":"a-77120",\
    "sessionId":"s-9912","itemId":"item-17","value":4.5,"timestamp":"2026-11-20T20:27:38.081Z",\
    "context":{"device":"mobile","os":"ios","locale":"en-GB","country":"GB","page":"/movies/17","placement":"home"},\
    "recommendation":{"requestId":"01900f4e-0000-7c3b-9d2e","position":3,"source":"als","propensity":0.2},\
    "consent":{"personalization":true,"analytics":true},"properties":{"campaign":"autumn","variant":"b","tab":"new"}}
    """
let bytes = Array(text.utf8)
let data = Data(bytes)
let event = try EventCodec.decode(bytes)
let codable = try JSONDecoder().decode(CodableEvent.self, from: data)
let validator = EventValidator()
let key = Array("user-4211".utf8)
let decoder = JSONDecoder()
let encoder = JSONEncoder()

var sink = 0
let contenders: [(name: String, count: Int, run: () throws -> Void)] = [
    (
        "decode: Foundation JSONDecoder", 10_000,
        { sink += try decoder.decode(CodableEvent.self, from: data).eventId.utf8.count }
    ),
    (
        "decode: Foundation JSONSerialization", 20_000,
        {
            sink += (try JSONSerialization.jsonObject(with: data) as? [String: Any])?.count ?? 0
        }
    ),
    ("decode: EventCodec", 100_000, { sink += try EventCodec.decode(bytes).eventID.utf8.count }),
    (
        "decode and validate: EventValidator", 100_000,
        {
            let accepted = try validator.accept(
                bytes,
                key: key,
                topic: .views,
                now: event.timestamp
            )
            sink += accepted.event.eventID.utf8.count
        }
    ),
    (
        "check only: JSONReader.skipValue", 200_000,
        {
            var reader = JSONReader(bytes)
            sink += try reader.skipValue().count
        }
    ),
    ("encode: Foundation JSONEncoder", 10_000, { sink += try encoder.encode(codable).count }),
    ("encode: EventCodec", 100_000, { sink += EventCodec.encode(event).count }),
]

/// The processor time of this process: other work on the machine hardly counts.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

print("\(bytes.count) bytes an event, five runs, median (slowest to fastest)")
var baselines: [Substring: Double] = [:]
for contender in contenders {
    var rates: [Double] = []
    for _ in 0..<5 {
        let start = processorSeconds()
        for _ in 0..<contender.count { try contender.run() }
        rates.append(Double(contender.count) / (processorSeconds() - start))
    }
    rates.sort()
    // The first of each kind is what the others are compared with.
    let kind = contender.name.prefix { $0 != ":" && $0 != " " }
    let baseline = baselines[kind] ?? rates[2]
    baselines[kind] = baseline
    func thousands(_ rate: Double) -> String { "\(Int(rate / 1_000))k" }
    let ratio = (rates[2] / baseline * 10).rounded() / 10
    print("\(contender.name): \(thousands(rates[2]))/s (\(thousands(rates[0]))-\(thousands(rates[4]))), \(ratio) x")
}
precondition(sink > 0)
