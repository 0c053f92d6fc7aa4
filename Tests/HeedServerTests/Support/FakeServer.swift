import Foundation
import Serving

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server that answers one request a connection with what it is told, in turn; the last answer stays. `nil`
/// breaks the connection without an answer.
final class FakeServer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let answers: Locked<[String?]>
    private let seen = Locked<[String]>([])

    /// The heads and bodies of the requests so far.
    var requests: [String] { seen.withLock { $0 } }

    init(_ answers: [String?]) throws {
        self.answers = Locked(answers)
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
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
        if outcome != 0 { throw TestFailure("cannot listen: \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in serve() }.start()
    }

    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func serve() {
        while true {
            let connection = accept(descriptor, nil, nil)
            if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
            if connection < 0 { return }
            var limit = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            // A connection on which nothing was asked takes no answer.
            guard read(connection) else {
                close(connection)
                continue
            }
            let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            if let answer {
                let bytes = Array(answer.utf8)
                _ = bytes.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            }
            close(connection)
        }
    }

    /// - Returns: Whether a whole request came.
    private func read(_ connection: Int32) -> Bool {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let head = text.range(of: "\r\n\r\n") {
                let length = text[..<head.lowerBound].components(separatedBy: "\r\n")
                    .first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                if text[head.upperBound...].utf8.count >= length ?? 0 { break }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        seen.withLock { $0.append(text) }
        return true
    }

    /// An answer with a body in JSON.
    static func json(_ status: Int, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\(headers)Connection: close\r\n\r\n\(body)"
    }
}
