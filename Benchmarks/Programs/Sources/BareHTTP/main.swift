import Hummingbird
import Logging

// What Hummingbird does without us: the floor of `ingest` and `serve`.
//   GET /hello   answers 13 bytes of text
//   POST /echo   reads the body and answers a few bytes of JSON
struct Echo: ResponseEncodable {
    var accepted: Int
}

var logger = Logger(label: "bare-http")
logger.logLevel = .error
let router = Router()
router.get("hello") { _, _ in "Hello, world!" }
router.post("echo") { request, context in
    let body = try await request.body.collect(upTo: 1 << 20)
    return Echo(accepted: body.readableBytes)
}
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let application = Application(
    router: router,
    configuration: .init(address: .hostname("127.0.0.1", port: port)),
    logger: logger
)
try await application.runService()
