import Crypto
import Foundation
import Reports

/// The style, the scripts and the icon: each under an address that changes with what is in it, so that browsers keep it for good.
enum Assets {
    struct Asset: Sendable {
        var type: String
        var body: [UInt8]
        var version: String

        init(_ type: String, _ text: String) {
            self.type = type
            body = Array(text.utf8)
            version = SHA256.hash(data: body).prefix(8).map { String(format: "%02x", $0) }.joined()
        }
    }

    static let all: [String: Asset] = [
        "heed.css": Asset(
            "text/css; charset=utf-8",
            ChartStyle.css + Stylesheet.base + Stylesheet.parts + Stylesheet.compare),
        "live.js": Asset("text/javascript; charset=utf-8", Scripts.shared + Scripts.live),
        "compare.js": Asset("text/javascript; charset=utf-8", Scripts.shared + Scripts.compare),
        "heed.svg": Asset("image/svg+xml", icon),
    ]

    /// The address of an asset.
    static func address(_ name: String) -> Address {
        .path("assets", name, query: [("v", all[name]?.version ?? "")])
    }

    /// Answers a request for an asset.
    static func respond(_ name: String, _ request: WebRequest) -> WebResponse? {
        guard let asset = all[name] else { return nil }
        let isExact = request.query["v"] == asset.version
        let tag = "\"\(asset.version)\""
        let headers: [(name: String, value: String)] = [
            ("ETag", tag), ("Cache-Control", isExact ? "public, max-age=31536000, immutable" : "no-cache"),
        ]
        if request.headers["if-none-match"] == tag {
            return WebResponse(status: 304, headers: headers + WebResponse.protection)
        }
        return WebResponse(
            headers: [("Content-Type", asset.type)] + headers + WebResponse.protection, body: asset.body)
    }

    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5c8f"/>\
        <path d="M9 7v18M23 7v18M9 16h14" stroke="#fff" stroke-width="4" stroke-linecap="round" fill="none"/></svg>
        """
}
