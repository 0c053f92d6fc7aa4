import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Ends connections whose client is too slow: to send the head of its first request, to send the rest of one,
/// to read an answer. Also ends one that goes on sending long after it was refused.
///
/// One timer a connection looks once in a while; what a request costs is a few assignments.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ServerLimits
    private var deadline: NIODeadline?
    private var stuck: NIODeadline?
    private var received = 0
    private var timer: Scheduled<Void>?

    init(_ limits: ServerLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            received = 0
            deadline = .now() + Self.amount(limits.requestSeconds)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(.init(status: .continue))), promise: nil)
            }
        case .body(let bytes):
            received += bytes.readableBytes
            if received > 4 * limits.body {
                context.close(promise: nil)
                return
            }
        case .end: deadline = nil
        }
        context.fireChannelRead(data)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stuck = context.channel.isWritable ? nil : .now() + Self.amount(limits.writeSeconds)
        context.fireChannelWritabilityChanged()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        deadline = .now() + Self.amount(limits.headSeconds)
        look(context)
    }

    private func look(_ context: ChannelHandlerContext) {
        let pause = min(limits.headSeconds, limits.requestSeconds, limits.writeSeconds) / 4
        let loop = context.eventLoop.assumeIsolated()
        timer = loop.scheduleTask(in: Self.amount(pause)) {
            let now = NIODeadline.now()
            let isOver = [self.deadline, self.stuck].contains { $0.map { $0 < now } ?? false }
            if isOver { context.close(promise: nil) } else { self.look(context) }
        }
    }

    private static func amount(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
