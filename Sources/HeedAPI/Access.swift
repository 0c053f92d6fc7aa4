/// What the holder of a key may do.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    /// Send feedback.
    case send
    /// Ask for decisions.
    case decide
    /// Read rankings, models, estimates and feedback.
    case read
    /// All of it, and change settings, keys, models and data.
    case admin
}

/// A key, without its secret.
public struct KeyInfo: Sendable, Hashable, Codable {
    /// Its id: the part of the key before the dot.
    public var id: String
    /// What it is for.
    public var name: String
    /// What it may do.
    public var roles: [Role]
    /// The only space it is for; `nil` for all.
    public var space: String?
    /// When it was made, in seconds since 1970-01-01 UTC.
    public var created: Double
    /// When it was revoked.
    public var revoked: Double?

    /// Creates it.
    public init(
        id: String, name: String, roles: [Role], space: String?, created: Double, revoked: Double? = nil
    ) {
        self.id = id
        self.name = name
        self.roles = roles
        self.space = space
        self.created = created
        self.revoked = revoked
    }
}

/// What a new key is to be.
public struct KeyRequest: Sendable, Hashable, Codable {
    /// What it is for.
    public var name: String
    /// What it may do.
    public var roles: [Role]
    /// The only space it is for; `nil` for all.
    public var space: String?

    /// Creates it.
    public init(name: String, roles: [Role], space: String? = nil) {
        self.name = name
        self.roles = roles
        self.space = space
    }
}

/// A new key. The secret is shown this once; the service keeps only a salted hash of it.
public struct NewKey: Sendable, Hashable, Codable {
    /// The key without its secret.
    public var key: KeyInfo
    /// What to send as `Authorization: Bearer …`.
    public var secret: String

    /// Creates it.
    public init(key: KeyInfo, secret: String) {
        self.key = key
        self.secret = secret
    }
}

/// A link that lets somebody compare without an account.
public struct InvitationInfo: Sendable, Hashable, Codable {
    /// Its id.
    public var id: String
    /// The space.
    public var space: String
    /// The judge under whose name the answers are kept; `nil`: every visitor becomes a judge of their own.
    public var judge: String?
    /// When it was made, in seconds since 1970-01-01 UTC.
    public var created: Double
    /// When it ends.
    public var expires: Double
    /// When it was revoked.
    public var revoked: Double?
    /// The path of the page, with the signature.
    public var path: String

    /// Creates it.
    public init(
        id: String, space: String, judge: String?, created: Double, expires: Double, revoked: Double? = nil,
        path: String
    ) {
        self.id = id
        self.space = space
        self.judge = judge
        self.created = created
        self.expires = expires
        self.revoked = revoked
        self.path = path
    }
}

/// What an invitation is to be.
public struct InvitationRequest: Sendable, Hashable, Codable {
    /// The judge, where it is for one person.
    public var judge: String?
    /// In how many hours it ends: 168 where left out, at most 8760.
    public var hours: Double?

    /// Creates it.
    public init(judge: String? = nil, hours: Double? = nil) {
        self.judge = judge
        self.hours = hours
    }
}
