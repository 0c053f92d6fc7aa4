import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What went wrong between this program and the server.
struct ConnectionError: Error, CustomStringConvertible {
    var description: String
}

/// An answer of the server.
struct HTTPAnswer {
    var status: Int
    var headers: [String: String]
    var body: Data
}

/// One connection to a server that is asked one thing after the other: plain blocking sockets, so that measuring costs little.
final class HTTPConnection {
    private let file: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var unread = Data()

    /// - Parameter timeout: after how many seconds of silence an answer is given up.
    init(port: Int, timeout: Int = 30) throws {
        #if canImport(Glibc)
            file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            file = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard file >= 0 else {
            throw ConnectionError(description: "no socket: \(String(cString: strerror(errno)))")
        }
        var on: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        #if !canImport(Glibc)
            setsockopt(file, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        var wait = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            let reason = String(cString: strerror(errno))
            close(file)
            throw ConnectionError(description: "no connection to port \(port): \(reason)")
        }
    }

    deinit { close(file) }

    /// Writes a request's bytes; `request` makes them.
    func send(_ bytes: Data) throws {
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        try bytes.withUnsafeBytes { all in
            var sent = 0
            while sent < all.count {
                #if canImport(Glibc)
                    let count = Glibc.send(file, all.baseAddress! + sent, all.count - sent, flags)
                #else
                    let count = Darwin.send(file, all.baseAddress! + sent, all.count - sent, flags)
                #endif
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    throw ConnectionError(description: "the connection broke while sending")
                }
                sent += count
            }
        }
    }

    /// Reads an answer.
    func receive() throws -> HTTPAnswer {
        let end = Data("\r\n\r\n".utf8)
        var head = unread.range(of: end)
        while head == nil {
            try more()
            head = unread.range(of: end)
        }
        let lines = String(decoding: unread[unread.startIndex..<head!.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        unread.removeSubrange(unread.startIndex..<head!.upperBound)
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else {
            throw ConnectionError(description: "not an answer: \(lines[0])")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces)
        }
        if headers["transfer-encoding"]?.lowercased() == "chunked" {
            return HTTPAnswer(status: status, headers: headers, body: try chunks())
        }
        return HTTPAnswer(
            status: status, headers: headers, body: try take(Int(headers["content-length"] ?? "0") ?? 0))
    }

    private func chunks() throws -> Data {
        var body = Data()
        while true {
            var line = unread.range(of: Data("\r\n".utf8))
            while line == nil {
                try more()
                line = unread.range(of: Data("\r\n".utf8))
            }
            let size =
                Int(String(decoding: unread[unread.startIndex..<line!.lowerBound], as: UTF8.self), radix: 16)
                ?? 0
            unread.removeSubrange(unread.startIndex..<line!.upperBound)
            body += try take(size)
            _ = try take(2)
            if size == 0 { return body }
        }
    }

    private func take(_ count: Int) throws -> Data {
        while unread.count < count { try more() }
        let part = unread.prefix(count)
        unread = Data(unread.dropFirst(count))
        return Data(part)
    }

    private func more() throws {
        while true {
            let count = recv(file, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw ConnectionError(description: "the connection broke while waiting for an answer")
            }
            unread.append(contentsOf: buffer[..<count])
            return
        }
    }

    /// The bytes of a request.
    static func request(
        _ method: String, _ path: String, key: String? = nil, headers: [String: String] = [:],
        body: Data = Data()
    ) -> Data {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        if !body.isEmpty { head += "Content-Type: application/json\r\n" }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        return Data((head + "\r\n").utf8) + body
    }

    /// Asks once.
    func ask(
        _ method: String, _ path: String, key: String? = nil, headers: [String: String] = [:],
        body: Data = Data()
    ) throws -> HTTPAnswer {
        try send(Self.request(method, path, key: key, headers: headers, body: body))
        return try receive()
    }
}
