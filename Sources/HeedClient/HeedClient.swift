import AsyncHTTPClient
import Foundation
import HeedAPI
import NIOCore
import NIOSSL

/// Talks to a Heed server.
///
/// ```swift
/// let heed = try HeedClient(url: "https://heed.example", key: key)
/// let decided = try await heed.decide("offers", DecideRequest(features: ["hour": 14]))
/// try await heed.send("offers", [FeedbackEvent(.reward(Reward(value: 1)), decision: decided.decision)])
/// try await heed.close()
/// ```
///
/// What is safe to send again is sent again by itself, after a pause that grows: after 429 and 503, and where
/// the connection broke. Batches carry an idempotency key and decisions an id for it, so that sending twice
/// never counts twice.
public final class HeedClient: Sendable {
    /// How a client behaves.
    public struct Options: Sendable {
        /// How often a request is sent again at most.
        public var retries = 6
        /// The pause before the first repetition, in seconds; each further one is twice as long, with a
        /// random part.
        public var pause = 0.1
        /// The longest pause, in seconds.
        public var longestPause = 10.0
        /// How many seconds a request may take.
        public var timeout = 30.0
        /// The largest answer that is read, in bytes.
        public var largestAnswer = 256 << 20
        /// A file with the certificates to trust, in PEM; the system's where `nil`.
        public var trustRoots: String?
        /// The seed of the pauses' random part.
        public var seed: UInt64 = 1

        /// Creates the options that do for a beginning.
        public init() {}
    }

    let base: String
    let key: String
    let options: Options
    let http: HTTPClient
    private let pauses: Pauses

    /// - Parameters:
    ///   - url: where the server is, such as `http://127.0.0.1:8080`.
    ///   - key: the key, `hk_….…`.
    /// - Throws: `HeedClientError.setting`.
    public init(url: String, key: String, options: Options = Options()) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.host?.isEmpty == false, parts.query == nil
        else { throw HeedClientError.setting("\(url) is no address such as https://heed.example") }
        guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HeedClientError.setting("the key holds characters that no key has")
        }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
        self.options = options
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.redirectConfiguration = .disallow
        if let file = options.trustRoots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(file)
            configuration.tlsConfiguration = tls
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        pauses = Pauses(seed: options.seed)
    }

    /// Lets go of the connections; nothing may be asked after it.
    public func close() async throws { try await http.shutdown() }

    /// Asks, and asks again where that is safe and of use.
    ///
    /// - Parameter isRepeatable: whether asking twice is the same as asking once.
    func ask(_ request: ClientRequest, isRepeatable: Bool) async throws -> ClientAnswer {
        var attempt = 0
        while true {
            let failure: HeedClientError
            switch try await outcome(request) {
            case .success(let answer):
                guard let refusal = answer.refusal else { return answer }
                failure = .refused(refusal)
                guard refusal.isTemporary else { throw failure }
            case .failure(let error):
                failure = error
                guard isRepeatable else { throw failure }
            }
            guard attempt < options.retries else { throw failure }
            let growing = min(options.longestPause, options.pause * pow(2, Double(attempt)))
            let pause = max(failure.retryAfter ?? 0, growing * pauses.share())
            try await Task.sleep(nanoseconds: UInt64(min(pause, 60) * 1e9))
            attempt += 1
        }
    }

    private func outcome(_ request: ClientRequest) async throws -> Result<ClientAnswer, HeedClientError> {
        do { return .success(try await once(request)) } catch is CancellationError {
            throw CancellationError()
        } catch {
            return .failure(.connection("\(error)"))
        }
    }

    private func once(_ request: ClientRequest) async throws -> ClientAnswer {
        let deadline = NIODeadline.now() + .nanoseconds(Int64(options.timeout * 1e9))
        let response = try await http.execute(request.http(base: base, key: key), deadline: deadline)
        let body = try await response.body.collect(upTo: options.largestAnswer)
        return ClientAnswer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After").flatMap(Double.init),
            body: Data(body.readableBytesView))
    }
}

/// The random part of pauses: so that many clients do not come back at the same moment.
private final class Pauses: @unchecked Sendable {
    private let lock = NSLock()
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number from a half to one.
    func share() -> Double {
        lock.lock()
        defer { lock.unlock() }
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return 0.5 + Double(mixed >> 11) / Double(1 << 54)
    }
}
