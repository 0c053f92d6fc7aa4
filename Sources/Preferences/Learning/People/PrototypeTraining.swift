import Kernels
import Tensors

/// What learners of prototypes share: training for a number of prototypes, choosing it, and placing the people.
struct PrototypeTraining {
    var id: String
    var loss: any PairLoss
    var hidden: [Int]
    var dimensions: Int
    var prototypes: Int?
    var restarts: Int
    var trainer: PairTrainer
    /// Whether prototypes are points rather than directions.
    var isPoints: Bool
    /// The hidden widths of the networks of directions.
    var contextHidden: [Int]

    /// The parameters that are trained.
    private struct Network: Module {
        let map: MLP
        /// (K, d), unless directions depend on the prompt.
        let rows: Parameter?
        let directions: MLP?
        /// The logits u of the people's weights; the last row is for comparisons of nobody known.
        let people: Parameter
    }

    func fit<Learner>(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> PrototypeModel<Learner>
    {
        try trainer.requireTorch(id)
        let people = KnownPeople(data)
        let counts = prototypes.map { [$0] } ?? Array(1...min(5, max(1, people.names.count)))
        var (k, curve): (Int, [Double]) = (counts[0], [])
        if counts.count > 1 {
            let choice = try Plurality.choose(data, seed: seed) { rest, place in
                try counts.map { k in
                    let best = try self.best(k, rest, people, seed, watch)
                    return try losses(best.scores, people, learnt: rest, asked: place)
                }
            }
            (k, curve) = (counts[choice.place], choice.means)
        }
        let best = try self.best(k, data, people, seed, watch)
        let owners = people.places(data)
        let placed = place(
            try best.scores.gaps(data), owners, people.names.count, data, Array(0..<data.count))
        var certificate = best.certificate
        certificate.limits = limits(k, counts, people, owners)
        return PrototypeModel(
            prototypes: best.scores, people: people, population: placed.population,
            positions: placed.positions, curve: curve.isEmpty ? [best.loss] : curve, certificate: certificate)
    }

    /// The best of some starts, with what the comparisons cost that its training held out.
    private func best(
        _ k: Int, _ data: ComparisonSet, _ people: KnownPeople, _ seed: UInt64, _ watch: FitWatch
    ) throws -> (scores: PrototypeScores, certificate: FitCertificate, loss: Double) {
        let tables = Tables(data, scaledFor: 16)
        let owners = people.places(data)
        let split = trainer.split(data, seed: seed)
        let asked = data.selecting(split.held.isEmpty ? split.train : split.held)
        return try (0..<restarts).map { restart in
            let (scores, certificate) = try train(
                k, tables, owners, people.names.count, data, watch, seed: seed,
                random: CounterRandom(seed: seed).split(UInt64(k * 1000 + restart)))
            let losses = try self.losses(scores, people, learnt: data.selecting(split.train), asked: asked)
            return (scores, certificate, losses.reduce(0, +) / Double(losses.count))
        }.min { $0.loss < $1.loss }!
    }

    /// The log losses of comparisons by people who are placed by others.
    private func losses(
        _ scores: PrototypeScores, _ people: KnownPeople, learnt: ComparisonSet, asked: ComparisonSet
    ) throws -> [Double] {
        let k = scores.prototypes
        let placed = place(
            try scores.gaps(learnt), people.places(learnt), people.names.count, learnt,
            Array(0..<learnt.count))
        let everyone = placed.population.position(placed.population.before)
        let gaps = try scores.gaps(asked)
        let predictions = people.places(asked).enumerated().map { place, owner in
            (owner < 0 ? everyone : placed.positions[owner])
                .prediction(gaps.values[place * k..<(place + 1) * k])
        }
        return Plurality.losses(predictions, asked)
    }

    private func limits(
        _ k: Int, _ counts: [Int], _ people: KnownPeople, _ owners: [Int]
    ) -> [String] {
        var limits: [String] = []
        if k == 1, counts.count > 1 {
            limits.append(
                "no plurality was found: up to \(counts.last!) prototypes predict held-out comparisons no better than "
                    + "one, so everybody gets the same answer")
        }
        if k > 1 {
            limits.append(
                isPoints
                    ? "prototypes are known up to their order, and up to rotations and shifts of their space"
                    : "prototypes are known up to their order, and their directions up to changes of their space"
            )
        }
        if people.names.count < 2 {
            limits.append("there is one judge only, so that tastes cannot be told apart")
        }
        let few = people.answers.count { $0 < 5 }
        if k > 1, few > 0 {
            limits.append(
                "\(few) of \(people.names.count) judges gave fewer than 5 answers; they are mostly the population"
            )
        }
        let nobody = owners.count { $0 < 0 }
        if nobody > 0 {
            limits.append("\(nobody) comparisons have no judge and say nothing about who differs")
        }
        return limits
    }

    /// The population and the people's places in it.
    private func place(
        _ gaps: Matrix, _ owners: [Int], _ count: Int, _ data: ComparisonSet, _ places: [Int]
    ) -> (population: SimplexPrior, positions: [PersonPosition]) {
        var population = SimplexPrior(prototypes: gaps.columns)
        var own = [[Int]](repeating: [], count: count)
        for place in places where owners[place] >= 0 { own[owners[place]].append(place) }
        let (lists, start) = (own, population)
        let logs = Parallel.map(count) { start.logLikelihoods(gaps, of: data, at: lists[$0]) }
        population.learn(logs)
        return (population, logs.map { population.position(population.posterior($0)) })
    }

    /// The features as tensors.
    private struct Tables {
        let standardization: Standardization
        let features: Tensor
        let contexts: (standardization: Standardization, rows: Tensor, width: Int)?

        /// - Parameter width: wider features are scaled down, so that a step of the optimizer moves scores alike.
        init(_ data: ComparisonSet, scaledFor width: Int) {
            func table(_ features: FeatureMatrix) -> (Standardization, Tensor) {
                var standardization = Standardization(features)
                let factor = max(1, Double(features.columns) / Double(width))
                standardization.scales = standardization.scales.map { $0 * factor }
                let rows = standardization(features)
                return (
                    standardization, Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
                )
            }
            (standardization, features) = table(data.items.features)
            contexts = data.items.promptFeatures.map {
                let (standardization, rows) = table($0)
                return (standardization, rows, $0.columns)
            }
        }
    }

    private func train(
        _ k: Int, _ tables: Tables, _ owners: [Int], _ people: Int, _ data: ComparisonSet,
        _ watch: FitWatch, seed: UInt64, random: CounterRandom
    ) throws -> (PrototypeScores, FitCertificate) {
        var random = random
        let (width, d) = (data.items.features.columns, dimensions)
        let contexts = isPoints ? nil : tables.contexts
        let network = Network(
            // Small at first, so that distances start out nearly linear in the features.
            map: MLP(
                [width] + hidden + [d],
                outputInitializer: .normal(0.1 / Double(hidden.last ?? width).squareRoot()), using: &random),
            rows: contexts == nil
                ? Parameter(.randomNormal([k, d], deviation: 0.5, using: &random)) : nil,
            directions: contexts.map { MLP([$0.width] + contextHidden + [k * d], using: &random) },
            people: Parameter(.randomNormal([people + 1, k], deviation: 0.1, using: &random)))
        let certificate = try trainer.fit(id, network, on: data, loss: loss, seed: seed, watch: watch) {
            places, _ in
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            let mapped = network.map(tables.features.selecting(Tensor(ends))).reshaped(to: [
                2, places.count, d,
            ])
            let gap = mapped[0] - mapped[1]
            var gaps: Tensor
            if let directions = network.directions, let contexts {
                let prompts = places.map { data.prompt($0) ?? 0 }
                let rows = directions(contexts.rows.selecting(Tensor(prompts)))
                gaps = (rows.reshaped(to: [places.count, k, d]) * gap.unsqueezed(1)).sum(over: 2)
            } else {
                gaps = gap.linear(network.rows!.value)
                if isPoints {
                    let squares = mapped.squared().sum(over: 2)
                    gaps = gaps * 2 - (squares[0] - squares[1]).unsqueezed(1)
                }
            }
            let judges = Tensor(places.map { owners[$0] < 0 ? people : owners[$0] })
            return (network.people.value.selecting(judges).softmax(over: 1) * gaps).sum(over: 1)
        }
        let geometry: PrototypeScores.Geometry
        if let directions = network.directions, let contexts {
            geometry = .contextual(DenseNetwork(directions), contexts.standardization)
        } else {
            let rows = Matrix(rows: k, columns: d, values: network.rows!.value.doubles)
            geometry = isPoints ? .points(rows) : .directions(rows)
        }
        return (
            PrototypeScores(
                map: DenseNetwork(network.map), standardization: tables.standardization, geometry: geometry),
            certificate
        )
    }
}
