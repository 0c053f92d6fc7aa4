import Crypto
import Foundation
import HeedAPI

/// Who asks, and what they may do.
public struct Principal: Sendable, Hashable {
    /// The key's id.
    public var key: String
    /// What it may do.
    public var roles: Set<Role>
    /// The only space that it is for; `nil` for all.
    public var space: String?

    /// Creates it.
    public init(key: String, roles: Set<Role>, space: String? = nil) {
        self.key = key
        self.roles = roles
        self.space = space
    }

    /// Whether it may do something in a space (`nil`: in the service as a whole).
    public func may(_ role: Role, in space: String?) -> Bool {
        guard roles.contains(role) || roles.contains(.admin) else { return false }
        return self.space == nil || self.space == space
    }
}

/// The keys of a service.
///
/// A key is `hk_ID.SECRET` with 256 random bits in its secret. Kept is a salted hash (HMAC-SHA256 under a salt of its own): the
/// secret is not a password that could be guessed, so that a slow hash would protect nothing and cost every request.
public final class KeyRing: Sendable {
    private struct Stored: Codable, Sendable {
        var info: KeyInfo
        var salt: Data
        var hash: Data

        /// Whether it may do everything everywhere.
        var isWholeAdmin: Bool { info.revoked == nil && info.space == nil && info.roles.contains(.admin) }
    }

    private let store: any ServiceStore
    private let lane: BlockingLane
    private let keys = Reread<[String: Stored]>([:])
    private let nobody: Stored

    init(_ store: any ServiceStore, lane: BlockingLane) throws {
        self.store = store
        self.lane = lane
        let info = KeyInfo(id: "", name: "", roles: [], space: nil, created: 0, revoked: 0)
        nobody = Stored(info: info, salt: Data(Self.random(16)), hash: Data(Self.random(32)))
        try reload()
    }

    /// Reads the keys again, as another process may have changed them.
    func reload() throws {
        try keys.read {
            Dictionary(
                try store.values(Stored.self, "key").map { ($0.info.id, $0) }, uniquingKeysWith: { $1 })
        }
    }

    /// Who a key belongs to; `nil` for one that is not known or was revoked.
    ///
    /// Takes as long for a key that does not exist.
    public func principal(_ key: String) -> Principal? {
        guard key.utf8.count <= 200, key.hasPrefix("hk_"), let dot = key.firstIndex(of: ".") else {
            return nil
        }
        let id = String(key[key.index(key.startIndex, offsetBy: 3)..<dot])
        let secret = key[key.index(after: dot)...]
        let stored = keys.value[id] ?? nobody
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(
            stored.hash, authenticating: Data(secret.utf8), using: SymmetricKey(data: stored.salt))
        guard isRight, stored.info.revoked == nil else { return nil }
        return Principal(key: id, roles: Set(stored.info.roles), space: stored.info.space)
    }

    /// What a key may do now, by its id alone: for sessions, which were opened with the whole key.
    public func principal(id: String) -> Principal? {
        guard let info = keys.value[id]?.info, info.revoked == nil else { return nil }
        return Principal(key: id, roles: Set(info.roles), space: info.space)
    }

    /// All keys, those revoked too, oldest first.
    public func all() -> [KeyInfo] {
        keys.value.values.map(\.info).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    /// Makes a key.
    public func create(_ request: KeyRequest, now: Double) async throws -> NewKey {
        guard !request.name.isEmpty, request.name.utf8.count <= 100 else {
            throw ServiceError.invalid(
                field: "name", value: "\(request.name.utf8.count) bytes", expected: "1 to 100 bytes")
        }
        guard !request.roles.isEmpty else {
            throw ServiceError.invalid(
                field: "roles", value: "empty", expected: "send, decide, read or admin")
        }
        let id = Self.text(Self.random(6))
        let secret = Signer.text(Data(Self.random(32)))
        let salt = Data(Self.random(16))
        let hash = HMAC<SHA256>.authenticationCode(
            for: Data(secret.utf8), using: SymmetricKey(data: salt))
        let info = KeyInfo(
            id: id, name: request.name, roles: Array(Set(request.roles)).sorted { $0.rawValue < $1.rawValue },
            space: request.space, created: now)
        let change = try RecordChange(
            "key", id, Stored(info: info, salt: salt, hash: Data(hash)), expected: 0)
        try await lane.run { [store] in
            guard try store.write([change]) else {
                throw ServiceError.conflict("the key could not be made; try again")
            }
        }
        try await lane.run { try self.reload() }
        return NewKey(key: info, secret: "hk_\(id).\(secret)")
    }

    /// Revokes a key, at once and for ever.
    public func revoke(_ id: String, now: Double) async throws {
        try await lane.run { [self] in
            guard let (found, version) = try store.value(Stored.self, "key", id) else {
                throw ServiceError.notFound(kind: "key", name: String(id.prefix(80)))
            }
            guard found.info.revoked == nil else { return }
            var changes = [try Self.revocation(found, version, now)]
            if found.isWholeAdmin {
                // In the same write: two that revoke each other at once must not both succeed.
                let other = try store.values(Stored.self, "key").first { $0.info.id != id && $0.isWholeAdmin }
                guard let other, let (witness, version) = try store.value(Stored.self, "key", other.info.id),
                    witness.isWholeAdmin
                else { throw ServiceError.conflict("this is the last admin key; make another one first") }
                changes.append(try RecordChange("key", other.info.id, witness, expected: version))
            }
            guard try store.write(changes) else {
                throw ServiceError.conflict("the keys were changed meanwhile; try again")
            }
        }
        try await lane.run { try self.reload() }
    }

    /// What revokes all keys that are for one space alone.
    func revocations(for space: String, now: Double) throws -> [RecordChange] {
        var changes: [RecordChange] = []
        for key in try store.values(Stored.self, "key") where key.info.space == space {
            guard let (found, version) = try store.value(Stored.self, "key", key.info.id),
                found.info.revoked == nil
            else { continue }
            changes.append(try Self.revocation(found, version, now))
        }
        return changes
    }

    private static func revocation(_ key: Stored, _ version: Int64, _ now: Double) throws -> RecordChange {
        var key = key
        key.info.revoked = now
        return try RecordChange("key", key.info.id, key, expected: version)
    }

    /// Random bytes from the system.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Bytes as letters and digits.
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdefghijkmnpqrstuvwxyz")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15) + 16]] })
    }
}
