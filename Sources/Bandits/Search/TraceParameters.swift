/// The trainable parameters of a computation, with their present values.
public struct TraceParameters: Sendable, Hashable, Codable {
    /// One parameter.
    public struct Parameter: Sendable, Hashable, Codable {
        /// Its name.
        public let name: String
        /// What it is for, for whoever proposes values.
        public let purpose: String
        /// The values that it may have.
        public let constraint: TraceConstraint
        /// Its value.
        public fileprivate(set) var value: TraceValue

        /// Creates a parameter.
        ///
        /// - Precondition: the value is allowed.
        public init(_ name: String, _ value: TraceValue, _ constraint: TraceConstraint, purpose: String = "")
        {
            precondition(constraint.allows(value), "\(name) is \(value), but must be \(constraint)")
            self.name = name
            self.purpose = purpose
            self.constraint = constraint
            self.value = value
        }
    }

    /// The parameters, in the order given.
    public private(set) var all: [Parameter]

    /// Creates a set of parameters.
    ///
    /// - Precondition: each name once.
    public init(_ all: [Parameter]) {
        precondition(Set(all.map(\.name)).count == all.count, "two parameters have one name")
        self.all = all
    }

    /// The parameter of a name; `nil` where there is none.
    public subscript(name: String) -> Parameter? { all.first { $0.name == name } }

    /// Takes over proposed values, all or none.
    ///
    /// - Throws: `BanditError` where a name is not known or a value not allowed; then nothing has changed.
    public mutating func apply(_ proposal: [String: TraceValue]) throws {
        for (name, value) in proposal.sorted(by: { $0.key < $1.key }) {
            guard let parameter = self[name] else {
                throw BanditError.unknown(kind: "parameter", name: name, known: all.map(\.name))
            }
            guard parameter.constraint.allows(value) else {
                throw BanditError.setting(
                    name: name, value: value.description, expected: parameter.constraint.description)
            }
        }
        for i in all.indices { all[i].value = proposal[all[i].name] ?? all[i].value }
    }
}
