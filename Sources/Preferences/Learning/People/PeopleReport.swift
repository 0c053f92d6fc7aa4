import Kernels

/// The people that a model found: where each judge stands, how the prototypes differ, and whether there is more than one taste.
///
/// ```swift
/// let report = PeopleReport(model)
/// for person in report.people { print(person.name, person.position.weights) }
/// ```
public struct PeopleReport: Sendable, Hashable {
    /// A judge or a group.
    public struct Person: Sendable, Hashable {
        /// The name.
        public let name: String
        /// How many comparisons were learnt from; of a group, those of all its judges.
        public let answers: Int
        /// Where they stand.
        public let position: PersonPosition
    }

    /// The judges, in the order in which they came.
    public let people: [Person]
    /// The groups.
    public let groups: [Person]
    /// Where the population stands on average, and how people differ.
    public let everyone: PersonPosition
    /// What held-out comparisons cost for each number of prototypes tried.
    public let curve: [Double]
    /// Whether more than one taste was found.
    public var isPlural: Bool { everyone.weights.count > 1 }
    /// The mean entropy of the judges' weights: 0 where everybody is of one kind, log K where all are mixtures.
    public let entropy: Double
    /// For each two prototypes how far apart they are: the distance of ideal points, or of ideal directions where those are
    /// the same for every prompt; nil where they depend on the prompt.
    public let distances: Matrix?

    /// Looks at a model.
    public init<Learner>(_ model: PrototypeModel<Learner>) {
        let known = model.people
        people = known.names.indices.map {
            Person(name: known.names[$0], answers: known.answers[$0], position: model.positions[$0])
        }
        groups = known.groupNames.indices.map { group in
            Person(
                name: known.groupNames[group],
                answers: known.members[group].reduce(0) { $0 + known.answers[$1] },
                position: .mean(known.members[group].map { model.positions[$0] }))
        }
        everyone = model.population.position(model.population.before)
        curve = model.curve
        entropy = people.isEmpty ? 0 : Statistics.mean(people.map(\.position.entropy))
        switch model.prototypes.geometry {
        case .points(let rows), .directions(let rows):
            distances = Matrix(rows: rows.rows, columns: rows.rows) { a, b in
                (0..<rows.columns).reduce(0) {
                    let gap = rows[a, $1] - rows[b, $1]
                    return $0 + gap * gap
                }.squareRoot()
            }
        case .contextual: distances = nil
        }
    }
}

/// How much of a prediction each prototype brought: they add up to its log-odds.
public struct PrototypeDrivers: Sendable, Hashable {
    /// wₖ (rₖ(first) − rₖ(second)), one for each prototype.
    public let contributions: [Double]
    /// The prototype that moved the prediction most.
    public var strongest: Int {
        contributions.indices.max { abs(contributions[$0]) < abs(contributions[$1]) }!
    }
}

extension PrototypeModel {
    /// For each comparison what each prototype contributed for one person, a group or everyone.
    ///
    /// - Throws: as `predict` does.
    public func drivers(_ data: ComparisonSet, for audience: Audience) throws -> [PrototypeDrivers] {
        let (gaps, k) = (try prototypes.gaps(data), prototypes.prototypes)
        return try zip(0..<data.count, positions(data, audience)).map { place, position in
            PrototypeDrivers(
                contributions: (0..<k).map { position.weights[$0] * gaps.values[place * k + $0] })
        }
    }
}
