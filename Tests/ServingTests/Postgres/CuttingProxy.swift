import Foundation
import TestPostgres

@testable import Serving

/// Stands between a client and a PostgreSQL server and cuts a connection at its commit.
final class CuttingProxy: Sendable {
    /// When to cut.
    enum Cut: Sendable, CaseIterable {
        /// The server never sees the commit.
        case before
        /// The server sees it, and the client is gone before it is done.
        case during
        /// The server has committed, and the client does not hear of it.
        case after
    }

    let port: Int
    private let server: Int
    private let listener: Socket
    private let next = Locked<Cut?>(nil)
    private let count = Locked(0)

    /// - Parameter server: the server's port on loopback.
    init(to server: Int) throws {
        self.server = server
        listener = Socket()
        guard let port = listener.listen() else {
            throw PostgresServer.Failure(description: "no port to listen at")
        }
        self.port = port
        Thread.detachNewThread { [self] in
            while let client = listener.accept() {
                let upstream = Socket()
                guard upstream.connect(to: self.server) else { continue }
                Thread.detachNewThread { self.toServer(client, upstream) }
                Thread.detachNewThread {
                    while let bytes = upstream.read(), client.write(bytes) {}
                    client.cut()
                }
            }
        }
    }

    /// Lets no more connections in.
    func close() { listener.cut() }

    /// Cuts the connection that commits next.
    func cut(_ cut: Cut) { next.withLock { $0 = cut } }

    /// How many connections were cut.
    var cuts: Int { count.withLock { $0 } }

    private func toServer(_ client: Socket, _ upstream: Socket) {
        while let bytes = client.read() {
            let isCommit = bytes.starts(with: [UInt8(ascii: "Q"), 0, 0, 0, 11] + Array("COMMIT\0".utf8))
            let cut: Cut? =
                isCommit
                ? next.withLock { next in
                    defer { next = nil }; return next
                } : nil
            switch cut {
            case nil:
                if !upstream.write(bytes) { break }
                continue
            case .before: break
            case .during: _ = upstream.write(bytes)
            case .after:
                client.isMuted.withLock { $0 = true }
                _ = upstream.write(bytes)
                let limit = Date(timeIntervalSinceNow: 10)
                while !client.hasMissed.withLock({ $0 }), Date() < limit { usleep(500) }
            }
            if cut != nil { count.withLock { $0 += 1 } }
            break
        }
        client.cut()
        upstream.cut()
    }
}

/// A socket on loopback that blocks.
private final class Socket: Sendable {
    let descriptor: Int32
    /// Whether what is written is thrown away, and whether something was.
    let isMuted = Locked(false)
    let hasMissed = Locked(false)

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let quiet = Int32(MSG_NOSIGNAL)
    #else
        private static let stream = SOCK_STREAM
        private static let quiet: Int32 = 0
    #endif

    init() { descriptor = socket(AF_INET, Self.stream, 0) }
    private init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func listen() -> Int? {
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        #if canImport(Glibc)
            let isListening = isBound && Glibc.listen(descriptor, 16) == 0
        #else
            let isListening = isBound && Darwin.listen(descriptor, 16) == 0
        #endif
        return isListening ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    func accept() -> Socket? {
        #if canImport(Glibc)
            let accepted = Glibc.accept(descriptor, nil, nil)
        #else
            let accepted = Darwin.accept(descriptor, nil, nil)
        #endif
        return accepted < 0 ? nil : Socket(descriptor: accepted)
    }

    func connect(to port: Int) -> Bool {
        var address = Self.address(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Glibc)
                    Glibc.connect(descriptor, address, size) == 0
                #else
                    Darwin.connect(descriptor, address, size) == 0
                #endif
            }
        }
    }

    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    func write(_ bytes: [UInt8]) -> Bool {
        if isMuted.withLock({ $0 }) {
            hasMissed.withLock { $0 = true }
            return true
        }
        var at = 0
        while at < bytes.count {
            let sent = bytes[at...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.quiet) }
            if sent <= 0 { return false }
            at += sent
        }
        return true
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
