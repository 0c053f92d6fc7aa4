import Foundation
import Serving

/// Who looks at the dashboard.
struct WebSession: Sendable {
    /// What they may do now.
    var principal: Principal
    /// What forms must carry.
    var csrf: String
}

/// Opens and reads sessions: a signed cookie with the id of a key, good for 12 hours and as long as the key is.
struct Sessions: Sendable {
    private struct Payload: Codable {
        var key: String
        var expires: Double
        var nonce: String
    }
    private struct Token: Codable { var nonce: String }

    /// How long a session lasts, in seconds.
    static let duration = 12.0 * 3600

    let service: HeedService

    /// The cookie's name; under TLS browsers keep one with this prefix from being set by anybody else.
    static func name(_ isSecure: Bool) -> String { isSecure ? "__Host-heed" : "heed" }

    /// The session of a request; `nil` where there is none, it is over, or its key was revoked.
    func session(_ request: WebRequest) -> WebSession? {
        guard let cookie = request.cookie(Self.name(request.isSecure)),
            let payload = service.signer.payload(Payload.self, "session", cookie),
            payload.expires > service.now,
            let principal = service.keys.principal(id: payload.key),
            let csrf = try? service.signer.token("csrf", Token(nonce: payload.nonce))
        else { return nil }
        return WebSession(principal: principal, csrf: csrf)
    }

    /// The cookie that opens a session for a key.
    func open(_ principal: Principal, isSecure: Bool) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<4).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36)
        }.joined()
        let payload = Payload(key: principal.key, expires: service.now + Self.duration, nonce: nonce)
        return Self.cookie(
            Self.name(isSecure), try service.signer.token("session", payload), isSecure: isSecure,
            seconds: Int(Self.duration))
    }

    /// The cookie that ends a session.
    static func close(isSecure: Bool) -> String { cookie(name(isSecure), "", isSecure: isSecure, seconds: 0) }

    /// A cookie that scripts cannot read and other sites cannot send along with what changes something.
    static func cookie(_ name: String, _ value: String, isSecure: Bool, seconds: Int, path: String = "/")
        -> String
    {
        "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }

    /// Whether a form was made for this session and sent from a page of this server.
    static func isGenuine(_ request: WebRequest, _ session: WebSession) -> Bool {
        guard request.isFromHere, let token = request.form["csrf"] else { return false }
        let a = Array(token.utf8), b = Array(session.csrf.utf8)
        return a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
