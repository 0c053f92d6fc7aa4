import Kernels

/// Rewards for a person of whom some answers are known, and what those answers say of the person.
///
/// A judge it learnt from is the posterior of all their answers, a group and everyone are mixtures of their judges; what it says of
/// them is the mean over draws, with the deviation. A newcomer is inferred from the answers that come along; without any,
/// they are everyone.
public struct VariationalModel: PreferencePredictor {
    public static let id = "vpl"

    /// The part of r that is a network, from [x, z].
    public let reward: DenseNetwork
    /// w, then B, (1 + L, features): the part of r that is linear in the features.
    public let slopes: Matrix
    /// What answers go through first.
    public let standardization: Standardization
    /// L.
    public let latent: Int
    public internal(set) var certificate: FitCertificate
    let people: KnownPeople
    /// η and the logits of λ; nil where nobody is told apart.
    private let evidence: DenseNetwork?
    /// C.
    private let reading: Matrix?
    private var latents: [Latent] = []

    /// How many draws a person is asked with, and a mixture of people.
    private static let draws = (person: 16, mixture: 64)

    init(
        reward: DenseNetwork, slopes: Matrix, evidence: DenseNetwork?, reading: Matrix?,
        standardization: Standardization, latent: Int, people: KnownPeople, certificate: FitCertificate
    ) {
        self.reward = reward
        self.slopes = slopes
        self.reading = reading
        self.evidence = evidence
        self.standardization = standardization
        self.latent = latent
        self.people = people
        self.certificate = certificate
    }

    public var features: Int { standardization.means.count }

    /// Whether more than one taste was found.
    public var isPlural: Bool { latent > 0 }

    /// The judges it knows, with how many comparisons each gave and what is known of them.
    public var judges: [(name: String, answers: Int, latent: Latent)] {
        people.names.indices.map { (people.names[$0], people.answers[$0], latents[$0]) }
    }

    /// The model with what these comparisons say of the judges in place of what it knew of them.
    func knowing(_ data: ComparisonSet) throws -> VariationalModel {
        var lists = [[Int]](repeating: [], count: people.names.count)
        let judges = data.judgeNames.map { name in people.names.firstIndex(of: name) }
        for place in 0..<data.count where data.judges[place] >= 0 {
            if let judge = judges[data.judges[place]] { lists[judge].append(place) }
        }
        var result = self
        result.latents = try infer(data, lists)
        return result
    }

    /// What answers say of the person who gave them.
    ///
    /// - Throws: `LearningError.data` where features do not fit.
    public func latent(of answers: ComparisonSet) throws -> Latent {
        try infer(answers, [Array(0..<answers.count)])[0]
    }

    /// The sides of answers, the won one first; an answer between, such as a tie, counts both ways.
    static func evidence(
        of data: ComparisonSet, _ contexts: [[Int]]
    ) -> (won: [Int], lost: [Int], weights: [Double], people: [Int]) {
        var (won, lost, weights, people): ([Int], [Int], [Double], [Int]) = ([], [], [], [])
        for (person, places) in contexts.enumerated() {
            for place in places {
                let (y, c) = (data.labels[place], data.weights[place])
                for (a, b, weight) in [
                    (data.left[place], data.right[place], y), (data.right[place], data.left[place], 1 - y),
                ] where weight > 0 {
                    won.append(a)
                    lost.append(b)
                    weights.append(weight * c)
                    people.append(person)
                }
            }
        }
        return (won, lost, weights, people)
    }

    private func infer(_ data: ComparisonSet, _ contexts: [[Int]]) throws -> [Latent] {
        try data.require(features: features)
        let rows = Self.evidence(of: data, contexts)
        var eta = [Double](repeating: 0, count: contexts.count * latent)
        var precision = [Double](repeating: 1, count: contexts.count * latent)
        if let evidence, let reading {
            let width = features
            for range in Parallel.chunks(rows.people.count, size: 4096) {
                let won = standardization(data.items.features.selecting(Array(rows.won[range])))
                let lost = standardization(data.items.features.selecting(Array(rows.lost[range])))
                let read = evidence(
                    Matrix(rows: range.count, columns: 2 * width) {
                        $1 < width ? won[$0, $1] : lost[$0, $1 - width]
                    })
                let direct = (won.multiplyTransposed(reading), lost.multiplyTransposed(reading))
                for (row, place) in range.enumerated() {
                    for column in 0..<latent {
                        let index = rows.people[place] * latent + column
                        eta[index] +=
                            rows.weights[place]
                            * (read[row, column] + direct.0[row, column] - direct.1[row, column])
                        precision[index] +=
                            rows.weights[place] * Special.log1pExp(read[row, latent + column])
                    }
                }
            }
        }
        return contexts.indices.map { person in
            let range = person * latent..<(person + 1) * latent
            return Latent(
                mean: range.map { eta[$0] / precision[$0] }, variance: range.map { 1 / precision[$0] })
        }
    }

    /// Draws of z, each row one: of one person, in pairs that mirror each other, or of people in turn.
    private func draws(_ who: [Latent], seed: UInt64, count: Int? = nil) -> Matrix {
        let count =
            count ?? (who.count == 1 ? Self.draws.person : max(Self.draws.mixture, min(256, who.count)))
        var random = CounterRandom(seed: 0x2a7e).split(seed)
        var order = Array(who.indices)
        random.shuffle(&order)
        var values: [Double] = []
        for draw in 0..<count {
            let person = who[order[draw % order.count]]
            for column in 0..<latent {
                if who.count == 1, draw % 2 == 1 {
                    values.append(2 * person.mean[column] - values[(draw - 1) * latent + column])
                } else {
                    values.append(
                        person.mean[column] + person.variance[column].squareRoot() * random.normal())
                }
            }
        }
        return Matrix(rows: count, columns: latent, values: values)
    }

    private func draws(_ member: KnownPeople.Member) -> Matrix {
        switch member {
        case .person(let place): draws([latents[place]], seed: UInt64(place) + 2)
        case .group(let place): draws(people.members[place].map { latents[$0] }, seed: 1)
        case .everyone:
            draws(
                latents.isEmpty
                    ? [
                        Latent(
                            mean: .init(repeating: 0, count: latent),
                            variance: .init(repeating: 1, count: latent))
                    ]
                    : latents, seed: 0)
        }
    }

    private func draws(_ answers: ComparisonSet) throws -> Matrix {
        try answers.require(features: features)
        return try answers.count == 0 ? draws(.everyone) : draws([latent(of: answers)], seed: 1)
    }

    /// r(first, z) − r(second, z) for some comparisons (columns) and draws of z (rows).
    private func gaps(_ data: ComparisonSet, _ places: [Int], _ draws: Matrix) -> Matrix {
        let first = reward.layers[0]
        let width = features
        let own = Matrix(rows: first.bias.count, columns: width) { first.weight[$0, $1] }
        let items = places.map { data.left[$0] } + places.map { data.right[$0] }
        let x = standardization(data.items.features.selecting(items))
        let linear = x.multiplyTransposed(slopes)
        var base = x.multiplyTransposed(own)
        let hidden = first.bias.count
        base.values = base.values.enumerated().map { $1 + first.bias[$0 % hidden] }
        let rest = DenseNetwork(
            layers: Array(reward.layers.dropFirst()), nonlinearity: reward.nonlinearity)
        let (start, count) = (base, places.count)
        let rows = Parallel.map(draws.rows) { draw -> [Double] in
            var shift = [Double](repeating: 0, count: hidden)
            for unit in 0..<hidden {
                for column in 0..<latent {
                    shift[unit] += first.weight[unit, width + column] * draws[draw, column]
                }
            }
            var inner = start
            var values = inner.values
            for place in values.indices { values[place] = max(0, values[place] + shift[place % hidden]) }
            inner.values = values
            var scores = rest(inner).values
            for item in scores.indices {
                scores[item] += linear[item, 0]
                for column in 0..<latent { scores[item] += linear[item, column + 1] * draws[draw, column] }
            }
            return (0..<count).map { scores[$0] - scores[count + $0] }
        }
        return Matrix(rows: draws.rows, columns: count, values: rows.flatMap { $0 })
    }

    private func predictions(_ data: ComparisonSet, _ places: [Int], _ draws: Matrix) -> [Prediction] {
        Parallel.chunks(places.count, size: 2048).flatMap { range -> [Prediction] in
            let gaps = self.gaps(
                data, Array(places[range]), latent == 0 ? Matrix(rows: 1, columns: 0) : draws)
            return (0..<range.count).map { column in
                let values = (0..<gaps.rows).map { gaps[$0, column] }
                let mean = values.reduce(0, +) / Double(values.count)
                guard latent > 0 else { return Prediction(mean) }
                let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
                return Prediction(mean, deviation: spread.squareRoot())
            }
        }
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try data.require(features: features)
        guard let members = try people.each(data, audience) else {
            guard case .newcomer(let answers) = audience else { preconditionFailure("somebody is asked for") }
            return predictions(data, Array(0..<data.count), try draws(answers))
        }
        var lists: [KnownPeople.Member: [Int]] = [:]
        var order: [KnownPeople.Member] = []
        for (place, member) in members.enumerated() {
            if lists[member] == nil { order.append(member) }
            lists[member, default: []].append(place)
        }
        var result = [Prediction](repeating: Prediction(0), count: data.count)
        for member in order {
            let places = lists[member]!
            for (place, prediction) in zip(places, predictions(data, places, draws(member))) {
                result[place] = prediction
            }
        }
        return result
    }

    public var state: ModelState {
        var state = ModelState()
        state.nest("reward", reward.state)
        state["slopes"] = .init(slopes)
        if let reading { state["reading"] = .init(reading) }
        if let evidence { state.nest("evidence", evidence.state) }
        standardization.keep(in: &state)
        people.keep(in: &state)
        state.settings["latent"] = String(latent)
        state["latent.means"] = .init(latents.flatMap(\.mean), shape: [latents.count, latent])
        state["latent.variances"] = .init(latents.flatMap(\.variance), shape: [latents.count, latent])
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        let latent = try state.count("latent")
        self.init(
            reward: try DenseNetwork(state.nested("reward")), slopes: try state.matrix("slopes"),
            evidence: latent > 0 ? try DenseNetwork(state.nested("evidence")) : nil,
            reading: latent > 0 ? try state.matrix("reading") : nil,
            standardization: try Standardization(state), latent: latent, people: try KnownPeople(state),
            certificate: try state.certificate)
        let means = try state.numbers("latent.means", rank: 2)
        let variances = try state.numbers("latent.variances", rank: 2)
        guard latent <= reward.inputs, means.shape == [people.names.count, latent],
            variances.shape == means.shape,
            variances.values.allSatisfy({ $0 > 0 }), reward.inputs == features + latent,
            reward.layers.count > 1, reward.outputs == 1, slopes.rows == latent + 1,
            slopes.columns == features,
            reading.map({ $0.rows == latent && $0.columns == features }) ?? true,
            evidence.map({ $0.inputs == 2 * features && $0.outputs == 2 * latent }) ?? true
        else { throw LearningError.data("the parts of the model do not fit together") }
        latents = people.names.indices.map { person in
            let range = person * latent..<(person + 1) * latent
            return Latent(mean: Array(means.values[range]), variance: Array(variances.values[range]))
        }
    }
}

extension VariationalModel: QuestionChooser {
    public func beliefs(about candidates: ComparisonSet, after answers: ComparisonSet?) throws -> Beliefs {
        try candidates.require(features: features)
        let who =
            try answers.flatMap {
                $0.count > 0 ? try draws([latent(of: $0)], seed: 1, count: Self.draws.mixture) : nil
            }
            ?? draws(.everyone)
        var gaps = self.gaps(
            candidates, Array(0..<candidates.count), latent == 0 ? Matrix(rows: 1, columns: 0) : who)
        gaps.values = gaps.values.map { Special.logistic($0) }
        return Beliefs(
            shares: [Double](repeating: 1 / Double(gaps.rows), count: gaps.rows), probabilities: gaps)
    }
}
