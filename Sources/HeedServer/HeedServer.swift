import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import Metrics
import NIOCore
import NIOSSL
import ServiceLifecycle
import Serving
import UnixSignals

/// The HTTP face of a service: the API, the pages, the metrics.
///
/// ```swift
/// let server = HeedServer(service: service, options: options)
/// try await server.run()
/// ```
public struct HeedServer: Sendable {
    private let state: ServerState

    /// - Parameter registry: keeps the metrics; give it to `MetricsSystem.bootstrap` to have those of
    ///   libraries in it too.
    public init(
        service: HeedService, options: ServerOptions = ServerOptions(),
        logger: Logger = Logger(label: "heed.http"),
        registry: PrometheusRegistry = PrometheusRegistry()
    ) {
        state = ServerState(service: service, options: options, logger: logger, registry: registry)
    }

    /// Serves until it is told to stop; then it takes no more connections, finishes the requests that have
    /// begun, writes what waits and closes the store.
    ///
    /// - Parameters:
    ///   - signals: the signals that tell it to stop.
    ///   - ready: called once the server listens.
    /// - Throws: where it cannot listen, or the certificate cannot be read.
    public func run(
        signals: [UnixSignal] = [.sigterm, .sigint],
        ready: @escaping @Sendable (RunningServer) async -> Void = { _ in }
    ) async throws {
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await serve(signals, ready)) } catch { outcome = .failure(error) }
        try await state.service.close()
        // Requests that did not finish in time were cancelled: that is how it is meant to end.
        if case .failure(let error) = outcome, !state.isDraining { throw error }
    }

    private func serve(
        _ signals: [UnixSignal], _ ready: @escaping @Sendable (RunningServer) async -> Void
    ) async throws {
        let handle = Handle()
        let application = Application(
            router: ServerRouter.make(state), server: try channels(), configuration: configuration,
            onServerRunning: { channel in
                guard let group = handle.group.withLock({ $0 }) else { return }
                await ready(RunningServer(port: channel.localAddress?.port ?? 0, group: group))
            }, logger: state.logger)
        // Told to stop in the order from last to first.
        var configuration = ServiceGroupConfiguration(
            services: [Background(service: state.service), application, Drain(state: state)],
            gracefulShutdownSignals: signals, logger: state.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(state.options.drainSeconds)
        let group = ServiceGroup(configuration: configuration)
        handle.group.withLock { $0 = group }
        try await group.run()
    }

    private final class Handle: Sendable { let group = Locked<ServiceGroup?>(nil) }

    private var configuration: ApplicationConfiguration {
        ApplicationConfiguration(
            address: .hostname(state.options.host, port: state.options.port), backlog: 1_024,
            availableConnectionsDelegate: .maximum(state.options.limits.connections, logger: state.logger))
    }

    private func channels() throws -> HTTPServerBuilder {
        let limits = state.options.limits
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionGuard(limits)],
                idleTimeout: .nanoseconds(Int64(limits.idleSeconds * 1e9)),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        guard let files = state.options.tls else { return plain }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try read(files.certificate, "no certificate in PEM") {
                try NIOSSLCertificate.fromPEMFile($0).map { .certificate($0) }
            },
            privateKey: .privateKey(
                try read(files.key, "no private key in PEM") { try NIOSSLPrivateKey(file: $0, format: .pem) }
            ))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        do { return try .tls(plain, tlsConfiguration: tls) } catch {
            throw TLSFileError(
                file: files.key, reason: "the private key does not belong to \(files.certificate)")
        }
    }

    private func read<R>(_ file: String, _ otherwise: String, _ body: (String) throws -> R) throws -> R {
        guard FileManager.default.isReadableFile(atPath: file) else {
            let isThere = FileManager.default.fileExists(atPath: file)
            throw TLSFileError(file: file, reason: isThere ? "it may not be read" : "there is no such file")
        }
        do { return try body(file) } catch { throw TLSFileError(file: file, reason: otherwise) }
    }
}

/// A file for TLS that cannot be used.
public struct TLSFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public var file: String
    /// What is wrong with it.
    public var reason: String

    public var description: String { "\(file): \(reason)" }
}

/// A server that listens.
public struct RunningServer: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let group: ServiceGroup

    fileprivate init(port: Int, group: ServiceGroup) {
        self.port = port
        self.group = group
    }

    /// Tells the server to stop, as a signal would; `run` returns when it has.
    public func stop() async { await group.triggerGracefulShutdown() }
}

/// What the service does in the background.
private struct Background: Service {
    let service: HeedService

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await service.run() } catch is CancellationError {}
        }
        try? await gracefulShutdown()
    }
}

/// Notes that the server is to stop, before anything else does.
private struct Drain: Service {
    let state: ServerState

    func run() async throws {
        do { try await gracefulShutdown() } catch { return }
        state.drain()
    }
}
