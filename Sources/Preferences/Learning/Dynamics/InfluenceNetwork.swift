import Kernels

/// Who listens to whom, and how much: directed weights that add up to at most 1 for each person.
///
/// ```swift
/// // Person 0 hears from 1 and 2, three times as often from 1.
/// let network = try InfluenceNetwork(people: 3, interactions: [(of: 0, with: 1, count: 3), (of: 0, with: 2, count: 1)])
/// ```
public struct InfluenceNetwork: Sendable, Hashable {
    /// The number of people.
    public let people: Int
    /// Where each person's friends begin in `friends`.
    let starts: [Int]
    /// The friends, person by person, by number.
    let friends: [Int]
    /// w, one for each entry of `friends`.
    let weights: [Double]

    /// Creates a network of counts of interactions (likes, comments, shared posts); weights are their shares.
    ///
    /// - Throws: `LearningError.data` where a person does not exist, listens to themselves, or a count is
    ///   negative.
    public init(people: Int, interactions: [(of: Int, with: Int, count: Double)]) throws {
        try self.init(
            people: people, weights: interactions.map { ($0.of, $0.with, $0.count) }, normalised: true)
    }

    /// Creates a network of weights as they are.
    ///
    /// - Throws: `LearningError.data`, also where someone's weights add up to more than 1.
    public init(people: Int, weights: [(of: Int, with: Int, weight: Double)]) throws {
        try self.init(people: people, weights: weights.map { ($0.of, $0.with, $0.weight) }, normalised: false)
    }

    private init(people: Int, weights: [(Int, Int, Double)], normalised: Bool) throws {
        precondition(people > 0, "a network has people")
        var rows = [[Int: Double]](repeating: [:], count: people)
        for (person, friend, weight) in weights {
            guard (0..<people).contains(person), (0..<people).contains(friend), person != friend else {
                throw LearningError.data(
                    "an influence of person \(friend + 1) on person \(person + 1) does not fit \(people) people"
                )
            }
            guard weight >= 0, weight.isFinite else {
                throw LearningError.data("influence is counted from 0 on, and is \(weight) somewhere")
            }
            if weight > 0 { rows[person][friend, default: 0] += weight }
        }
        var (starts, friends, values): ([Int], [Int], [Double]) = ([0], [], [])
        for (person, row) in rows.enumerated() {
            let known = row.keys.sorted()
            let total = known.reduce(0) { $0 + (row[$1] ?? 0) }
            guard normalised || total <= 1 + 1e-9 else {
                throw LearningError.data("the weights of person \(person + 1) add up to \(total), above 1")
            }
            friends += known
            values += known.map { (row[$0] ?? 0) / (normalised ? total : 1) }
            starts.append(friends.count)
        }
        self.people = people
        self.starts = starts
        self.friends = friends
        self.weights = values
    }

    /// The friends that a person listens to, with weights.
    public func friends(of person: Int) -> [(friend: Int, weight: Double)] {
        (starts[person]..<starts[person + 1]).map { (friends[$0], weights[$0]) }
    }

    /// The number of friends that a person listens to.
    public func degree(_ person: Int) -> Int { starts[person + 1] - starts[person] }
}

/// A network with what its people valued, measured several times.
public struct InfluenceRecord: Sendable, Hashable {
    /// Who listens to whom.
    public let network: InfluenceNetwork
    /// The number of values that each person has a score of.
    public let values: Int
    /// The scores at each time, from 0 to 1, person after person.
    public let waves: [[Double]]

    /// Creates a record.
    ///
    /// - Throws: `LearningError.data` where a wave does not fit or a score is outside 0...1.
    public init(network: InfluenceNetwork, values: Int, waves: [[Double]]) throws {
        precondition(values > 0, "people have at least one value")
        for (place, wave) in waves.enumerated() {
            guard wave.count == network.people * values else {
                throw LearningError.data(
                    "wave \(place + 1) has \(wave.count) scores, and \(network.people) people have \(values) each"
                )
            }
            guard wave.allSatisfy({ (0...1).contains($0) }) else {
                throw LearningError.data("wave \(place + 1) has a score outside 0...1")
            }
        }
        self.network = network
        self.values = values
        self.waves = waves
    }
}
