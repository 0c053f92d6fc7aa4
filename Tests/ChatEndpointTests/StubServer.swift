import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A value behind a lock.
final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func with<T>(_ body: (inout Value) throws -> T) rethrows -> T {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

/// A server on a port of its own that answers each request with what a closure says; a thread for each connection.
final class StubServer: Sendable {
    struct Request: Sendable {
        var head: String
        var body: Data

        /// The value of a header.
        func header(_ name: String) -> String? {
            head.components(separatedBy: "\r\n").dropFirst().first {
                $0.lowercased().hasPrefix(name.lowercased() + ":")
            }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    enum Reply: Sendable {
        /// Bytes as they are; then the connection ends.
        case raw(String)
        /// The connection ends without an answer.
        case cut
        /// No answer for so many seconds.
        case silence(Double)

        static func json(_ status: Int, _ body: String, headers: String = "") -> Reply {
            .raw(
                "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "\(headers)Connection: close\r\n\r\n\(body)")
        }

        static func text(_ text: String) -> Reply {
            .json(200, #"{"choices":[{"message":{"role":"assistant","content":"\#(text)"}}]}"#)
        }
    }

    struct Failure: Error {}

    let port: Int
    private let descriptor: Int32
    private let answer: @Sendable (Request, Int) -> Reply
    private let seen = Guarded<[Request]>([])

    var requests: [Request] { seen.with { $0 } }
    var url: String { "http://127.0.0.1:\(port)/v1" }

    /// - Parameter answer: is given each request and its number from 0.
    init(_ answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        self.answer = answer
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let outcome = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) + listen(descriptor, 64) + getsockname(descriptor, $0, &length)
            }
        }
        if outcome != 0 { throw Failure() }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in accepting() }.start()
    }

    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func accepting() {
        while true {
            let connection = accept(descriptor, nil, nil)
            if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
            if connection < 0 { return }
            Thread { [self] in serve(connection) }.start()
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard let request = read(connection) else { return }
        let number = seen.with { seen in
            seen.append(request)
            return seen.count - 1
        }
        switch answer(request, number) {
        case .cut: return
        case .silence(let seconds): Thread.sleep(forTimeInterval: seconds)
        case .raw(let text):
            let bytes = Array(text.utf8)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    #if canImport(Glibc)
                        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    #else
                        Darwin.send(connection, $0.baseAddress, $0.count, 0)
                    #endif
                }
                if count <= 0 { return }
                sent += count
            }
        }
    }

    private func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = Data("\r\n\r\n".utf8)
        while true {
            if let split = Data(bytes).range(of: end) {
                var request = Request(
                    head: String(decoding: bytes[..<split.lowerBound], as: UTF8.self),
                    body: Data(bytes[split.upperBound...]))
                let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
                if request.body.count >= length {
                    request.body = request.body.prefix(length)
                    return request
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return nil }
            bytes += buffer[..<count]
        }
    }
}
