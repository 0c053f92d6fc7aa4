/// What JSON a wire type reads and writes, found by letting the type read itself from nothing: the
/// description can never say anything else than the code.
public indirect enum Schema: Sendable, Hashable {
    /// A text.
    case text
    /// One of these texts.
    case word([String])
    /// A number.
    case number
    /// A whole number.
    case integer
    /// True or false.
    case flag
    /// A list.
    case list(Schema)
    /// An object whose keys are not known beforehand.
    case dictionary(Schema)
    /// An object with a name.
    case object(name: String, members: [Member])

    /// A member of an object.
    public struct Member: Sendable, Hashable {
        /// Its key.
        public var key: String
        /// Its value.
        public var schema: Schema
        /// Whether it is always there.
        public var isNeeded: Bool
    }

    /// The schema of a type.
    public static func of<Value: Decodable>(_ type: Value.Type) -> Schema { SchemaRecorder.schema(of: type) }

    /// The schema of a list of a type.
    public static func list<Value: Decodable>(of type: Value.Type) -> Schema { .list(.of(type)) }

    /// The objects with a name in this schema, itself included.
    public var objects: [(name: String, members: [Member])] {
        var found: [(name: String, members: [Member])] = []
        var open = [self]
        while let schema = open.popLast() {
            switch schema {
            case .list(let inner), .dictionary(let inner): open.append(inner)
            case .object(let name, let members):
                found.append((name, members))
                open += members.map(\.schema)
            default: break
            }
        }
        return found
    }
}
