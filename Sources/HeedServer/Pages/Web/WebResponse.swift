/// What a page answers, apart from the server that sends it.
struct WebResponse: Sendable {
    var status = 200
    /// Headers in order; `Set-Cookie` may be there more than once.
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// What scripts, styles and images a page may load, and where its forms may go.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// A page, or a part of one.
    static func html(_ html: HTML, status: Int = 200) -> WebResponse {
        WebResponse(
            status: status,
            headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "private, no-store")]
                + protection,
            body: Array(html.markup.utf8))
    }

    /// Goes on at another page of this server.
    static func redirect(_ address: Address) -> WebResponse {
        WebResponse(
            status: 303,
            headers: [("Location", address.text), ("Cache-Control", "private, no-store")] + protection)
    }

    /// A header by its name.
    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The same with one more header.
    func with(_ name: String, _ value: String) -> WebResponse {
        var response = self
        response.headers.append((name, value))
        return response
    }

    /// The headers that every page has.
    static let protection = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ].map { (name: $0.0, value: $0.1) }
}
