import Hummingbird
import JSON
import NIOCore

/// The storefront page, from the binary itself.
struct DemoRoutes {
    let settings: DemoSettings

    func add(to router: Router<BasicRequestContext>) {
        let page = asset(PackageResources.index_html, "text/html; charset=utf-8")
        router.get("/demo") { _, _ in page }
        let files: [(String, [UInt8], String)] = [
            ("storefront.css", PackageResources.storefront_css, "text/css; charset=utf-8"),
            ("storefront.js", PackageResources.storefront_js, "text/javascript; charset=utf-8"),
            ("api.js", PackageResources.api_js, "text/javascript; charset=utf-8"),
            ("lists.js", PackageResources.lists_js, "text/javascript; charset=utf-8"),
            ("poster.js", PackageResources.poster_js, "text/javascript; charset=utf-8"),
        ]
        for (name, bytes, type) in files {
            let answer = asset(bytes, type)
            router.get("/demo/\(name)") { _, _ in answer }
        }
        router.get("/demo/config.json") { _, _ in
            var json = JSONWriter(reservingCapacity: 256)
            json.beginObject()
            json.field("collectorUrl", settings.collectorURL)
            json.key("exampleUsers")
            json.write(settings.users)
            json.endObject()
            return AnswerWriter.response(json)
        }
    }

    private func asset(_ bytes: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type,
                .cacheControl: "no-cache",
                .contentSecurityPolicy: "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
                    + "connect-src 'self' \(settings.collectorURL); base-uri 'none'; form-action 'none'",
                .xContentTypeOptions: "nosniff",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
