import Hummingbird
import Serving

/// What is known of a request besides itself.
public struct ServerContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The address that the connection comes from, as `ClientAddress` writes it.
    public let peer: String
    private let caller = Locked<Principal?>(nil)

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = ClientAddress.bounded(source.channel.remoteAddress?.ipAddress ?? "")
    }

    /// The request's id, as it stands in the logs and in the answer's `X-Request-Id`.
    public var requestID: String { id }

    /// Who asks; `nil` before the key or the session was looked at, and on routes that need none.
    public var principal: Principal? {
        get { caller.withLock { $0 } }
        nonmutating set { caller.withLock { $0 = newValue } }
    }
}
