import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A request to be.
struct ClientRequest: Sendable {
    var method: HTTPMethod
    var path: String
    var type: String?
    var body: [UInt8]?
    var idempotencyKey: String?

    /// - Parameters:
    ///   - path: its parts; each is encoded.
    ///   - query: names and values; those without a value are left out.
    init(_ method: HTTPMethod, _ path: [String], query: [(String, String?)] = []) {
        self.method = method
        var text = path.map { "/" + Self.encode($0) }.joined()
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(Self.encode($0))" } }
        if !pairs.isEmpty { text += "?" + pairs.joined(separator: "&") }
        self.path = text
    }

    /// The same with a value in JSON.
    func with(_ value: some Encodable) throws -> ClientRequest {
        var result = self
        result.type = "application/json"
        result.body = [UInt8](try JSONEncoder().encode(value))
        return result
    }

    func http(base: String, key: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let type { request.headers.add(name: "Content-Type", value: type) }
        if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        return request
    }

    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = Array("0123456789ABCDEF")
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}

/// What came back.
struct ClientAnswer: Sendable {
    var status: Int
    var retryAfter: Double?
    var body: Data

    private struct Failure: Decodable {
        struct Detail: Decodable {
            var code: String
            var message: String
            var field: String?
        }
        var error: Detail
    }

    /// Why the server said no; `nil` where it did not.
    var refusal: HeedClientError.Refusal? {
        if (200...299).contains(status) { return nil }
        let detail = (try? JSONDecoder().decode(Failure.self, from: body))?.error
        return HeedClientError.Refusal(
            status: status, code: detail?.code ?? "unknown",
            message: detail?.message ?? "the server answered with status \(status)", field: detail?.field,
            retryAfter: retryAfter)
    }

    /// The answer as a value.
    func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        do { return try JSONDecoder().decode(type, from: body) } catch {
            throw HeedClientError.unreadable("\(error)")
        }
    }
}
