import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An answer as it came over the wire.
struct RawAnswer: Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body: String

    /// The code of the error in it.
    var code: String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        return (object?["error"] as? [String: Any])?["code"] as? String
    }
}

/// A connection that sends whatever it is told to. Blocks; use it off the pool.
final class RawSocket {
    private let descriptor: Int32
    private var rest: [UInt8] = []

    init(port: Int, timeout: Int = 60) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let outcome = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if outcome != 0 { throw TestFailure("no connection: \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends all of it; a peer that has closed is no failure of the test.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                #if canImport(Glibc)
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                #else
                    Darwin.send(descriptor, $0.baseAddress, $0.count, 0)
                #endif
            }
            if count <= 0 { throw TestFailure("sending ended: \(errno)") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes next; `nil` at the end, or where nothing came in time.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// All that comes until the end.
    func drain() -> [UInt8] {
        var all = rest
        rest = []
        while let more = receive() { all += more }
        return all
    }

    /// Whether the other side ended the connection before the time limit.
    func isEnded() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { continue }
            return count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
        }
    }

    /// The next answer. Interim answers (1xx) are passed over.
    func answer(hasBody: Bool = true) throws -> RawAnswer {
        while true {
            let head = try headText()
            var lines = head.components(separatedBy: "\r\n")
            let first = lines.removeFirst().split(separator: " ")
            guard first.count >= 2, let status = Int(first[1]) else {
                throw TestFailure("no status: \(head)")
            }
            if (100...199).contains(status) { continue }
            var headers: [String: String] = [:]
            for line in lines {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                headers[line[..<colon].lowercased()] = value
            }
            var body: [UInt8] = []
            if hasBody, status != 204, status != 304 {
                if headers["transfer-encoding"] == "chunked" {
                    body = try chunks()
                } else if let length = headers["content-length"].flatMap(Int.init) {
                    body = try take(length)
                } else {
                    body = drain()
                }
            }
            return RawAnswer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
        }
    }

    private func headText() throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let at = rest.indices.first(where: { rest[$0...].starts(with: end) }) {
                let head = String(decoding: rest[..<at], as: UTF8.self)
                rest.removeFirst(at + 4)
                return head
            }
            guard let more = receive() else { throw TestFailure("no answer") }
            rest += more
        }
    }

    private func chunks() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            while !rest.contains(0x0A) {
                guard let more = receive() else { throw TestFailure("a chunk without its end") }
                rest += more
            }
            let at = rest.firstIndex(of: 0x0A) ?? 0
            let text = String(decoding: rest[..<at], as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
            rest.removeFirst(at + 1)
            guard let size = Int(text, radix: 16) else { throw TestFailure("no size of a chunk: \(text)") }
            all += try take(size)
            _ = try take(2)
            if size == 0 { return all }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while rest.count < count {
            guard let more = receive() else { throw TestFailure("the answer was cut short") }
            rest += more
        }
        let taken = Array(rest[..<count])
        rest.removeFirst(count)
        return taken
    }
}
