/// How the server listens, and what it allows. Everything has a value that does for a beginning.
public struct ServerOptions: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 for any that is free.
    public var port = 8080
    /// Certificate and key; `nil` for plain HTTP, for use behind a proxy or on this machine alone.
    public var tls: TLSFiles?
    /// Whether a proxy stands before the server and says in `X-Forwarded-For` who asks. Never set it where
    /// clients reach the server directly: they could then claim any address.
    public var trustsProxy = false
    /// Whether cookies are sent over TLS only; `nil`: where the server has a certificate or stands behind a
    /// proxy.
    public var secureCookies: Bool?
    /// What is allowed.
    public var limits = ServerLimits()
    /// How many seconds requests that have begun may take to finish once the server is told to stop.
    public var drainSeconds = 4.0
    /// The version that `/status` names.
    public var version = "0.1.0"

    /// Creates the options that do for a beginning.
    public init() {}

    /// Whether cookies are sent over TLS only.
    public var cookiesAreSecure: Bool { secureCookies ?? (tls != nil || trustsProxy) }
}

/// Where a certificate and its key lie, both in PEM.
public struct TLSFiles: Sendable, Hashable {
    /// The file with the certificate, those that sign it after it.
    public var certificate: String
    /// The file with the private key.
    public var key: String

    /// Creates it.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// What a server allows, so that no client takes it from the others.
public struct ServerLimits: Sendable {
    /// The largest body of a request, in bytes.
    public var body = 8 << 20
    /// The bytes of bodies that are held at once; beyond them requests are turned away.
    public var bodies = 256 << 20
    /// The most events in a batch.
    public var batch = 10_000
    /// The deepest nesting of JSON.
    public var nesting = 32
    /// The most connections at once; others wait until one ends.
    public var connections = 2_048
    /// The most requests that are worked on at once; beyond them requests are turned away.
    public var requests = 1_024
    /// How many seconds a new connection has until its first request has a whole head.
    public var headSeconds = 10.0
    /// How many seconds a request may take to arrive once its head is there.
    public var requestSeconds = 30.0
    /// How many seconds a connection may stay without a request.
    public var idleSeconds = 75.0
    /// How many seconds a client may leave an answer unread.
    public var writeSeconds = 30.0
    /// How many requests a second a key has.
    public var requestsPerSecond = 10_000.0
    /// How many events a second a key has.
    public var eventsPerSecond = 100_000.0
    /// How many requests a second an address has that shows no key.
    public var anonymousPerSecond = 500.0

    /// Creates the limits that do for a beginning.
    public init() {}
}
