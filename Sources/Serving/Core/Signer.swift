import Crypto
import Foundation

/// Signs what leaves the service and has to come back unchanged: invitations, questions, sessions.
///
/// A token is `payload.signature`, both in base64url: the payload is JSON that anybody may read, the signature an HMAC-SHA256 of
/// it under a secret that never leaves the store. The purpose is signed too, so that one kind of token is never taken for
/// another.
public struct Signer: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: At least 32 random bytes.
    public init(secret: Data) { key = SymmetricKey(data: secret) }

    /// Signs a payload.
    public func token(_ purpose: String, _ payload: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(payload)
        return Self.text(body) + "." + Self.text(Data(mac(purpose, body)))
    }

    /// Reads a token back; `nil` unless this signer made it for this purpose.
    public func payload<T: Decodable>(_ type: T.Type, _ purpose: String, _ token: String) -> T? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 16_384, parts.count == 2, let body = Self.data(parts[0]),
            let signature = Self.data(parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(
                signature, authenticating: message(purpose, body), using: key)
        else { return nil }
        return try? JSONDecoder().decode(type, from: body)
    }

    private func message(_ purpose: String, _ body: Data) -> Data { Data("heed/\(purpose)\n".utf8) + body }

    private func mac(_ purpose: String, _ body: Data) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: message(purpose, body), using: key)
    }

    /// Bytes as base64url without padding.
    static func text(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// The bytes of base64url.
    static func data(_ text: some StringProtocol) -> Data? {
        var plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain)
    }
}
