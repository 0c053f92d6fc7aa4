import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Ideal points and directions")
struct IdealPointTests {
    /// Judges of two opposite tastes: the odd ones like what w says, the even ones the contrary.
    static func opposed(judges: Int = 8, each: Int = 40, seed: UInt64 = 1) throws -> ComparisonSet {
        var random = CounterRandom(seed: seed)
        let weights = [2.0, -1, 0.5, 0]
        let rows = (0..<200).map { _ in weights.map { _ in random.normal() } }
        var (left, right, labels, names): ([Int], [Int], [Double], [String?]) = ([], [], [], [])
        for judge in 0..<judges {
            for _ in 0..<each {
                let a = random.below(200)
                let b = (a + 1 + random.below(199)) % 200
                let d = zip(weights, zip(rows[a], rows[b])).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
                left.append(a)
                right.append(b)
                labels.append(random.bernoulli(Special.logistic(judge % 2 == 0 ? d : -d)) ? 1 : 0)
                names.append("judge \(judge + 1)")
            }
        }
        var data = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix(rows)), left: left, right: right, labels: labels)
        try data.setJudges(names)
        try data.setGroups(names.map { ["judge 1", "judge 3"].contains($0) ? "first" : "rest" })
        return data
    }

    static let quick = PairTrainer(
        steps: 150, batch: 512, learningRate: 0.05, validationShare: 0.15, validateEvery: 10)

    /// The data with features of prompts, one prompt for each two items.
    private static func prompted(_ data: ComparisonSet) throws -> ComparisonSet {
        var random = CounterRandom(seed: 9)
        var items = data.items
        items.prompts = (0..<items.count).map { $0 % 20 }
        items.promptNames = (0..<20).map { "prompt \($0)" }
        items.promptFeatures = try FeatureMatrix((0..<20).map { _ in [random.normal(), random.normal()] })
        var result = data
        result.items = items
        return result
    }

    @Test("The learners keep the rules that all keep")
    func conformance() throws {
        guard Torch.isAvailable else { return }
        let data = try Self.opposed()
        let short = PairTrainer(steps: 20, validationShare: 0.15, validateEvery: 10)
        try LearnerConformance.check(IdealPoints(prototypes: 2, restarts: 1, trainer: short), on: data)
        try LearnerConformance.check(
            IdealPoints(loss: HingeLoss(), prototypes: 3, hidden: [6], restarts: 1, trainer: short), on: data)
        try LearnerConformance.check(IdealPoints(prototypes: 1, trainer: short), on: data)
        try LearnerConformance.check(IdealDirections(prototypes: 2, restarts: 1, trainer: short), on: data)
        try LearnerConformance.check(
            IdealDirections(prototypes: 2, contextHidden: [4], restarts: 1, trainer: short),
            on: Self.prompted(data))
    }

    @Test(
        "Two opposite tastes are found, with who has which; newcomers are placed, the surer the more they say"
    )
    func opposites() throws {
        guard Torch.isAvailable else { return }
        let data = try Self.opposed(judges: 9)
        let places = Array(0..<data.count)
        let stranger = places.filter { data.judges[$0] == 8 }
        let model = try IdealPoints(trainer: Self.quick).fit(
            data.selecting(places.filter { data.judges[$0] != 8 }), seed: 1)
        let report = PeopleReport(model)
        #expect(report.isPlural)
        #expect(report.curve.count == 5 && report.curve[1] < report.curve[0] - 0.1)
        #expect(report.people.map(\.name) == (1...8).map { "judge \($0)" })
        #expect(report.people.allSatisfy { $0.answers == 40 })

        let probe = data.selecting(Array(stranger.suffix(20)))
        let one = try model.predict(probe, for: .judge("judge 1")).map(\.value)
        let two = try model.predict(probe, for: .judge("judge 2")).map(\.value)
        #expect(Statistics.pearson(one, two) < -0.5)
        let group = try model.predict(probe, for: .group("first")).map(\.value)
        #expect(Statistics.pearson(one, group) > 0.9)

        let nobody = try model.predict(probe, for: .newcomer(data.selecting([])))
        #expect(try nobody == model.predict(probe, for: .everyone))
        let spreads = try [0, 4, 20].map { count in
            let answers = data.selecting(Array(stranger.prefix(count)))
            let predictions = try model.predict(probe, for: .newcomer(answers))
            if count == 20 { #expect(Statistics.pearson(predictions.map(\.value), one) > 0.9) }
            return Statistics.mean(predictions.map { $0.deviation! })
        }
        #expect(spreads[1] < 0.8 * spreads[0] && spreads[2] < 0.4 * spreads[0], "\(spreads)")
        let known = try model.predict(
            probe, for: .newcomer(data.selecting(places.filter { data.judges[$0] == 2 })))
        for (a, b) in try zip(known, model.predict(probe, for: .judge("judge 3"))) {
            #expect(abs(a.value - b.value) < 1e-9, "a newcomer with a judge's answers is that judge")
        }
        #expect(throws: LearningError.self) { try model.predict(probe, for: .group("nobody")) }

        let next = try model.nextQuestions(3, among: probe)
        #expect(Set(next.map(\.place)).count == 3 && next.allSatisfy { $0.information >= 0 })
        let drivers = try model.drivers(probe, for: .judge("judge 1"))
        for (driver, value) in zip(drivers, one) {
            #expect(abs(driver.contributions.reduce(0, +) - value) < 1e-9)
        }
    }

    @Test("Where all think alike, one prototype is found and the certificate says so")
    func homogeneous() throws {
        guard Torch.isAvailable else { return }
        let data = try LearningWorld.linear([2, -1, 0.5], count: 600, judges: 6)
        let model = try IdealPoints(trainer: Self.quick).fit(data, seed: 1)
        #expect(!PeopleReport(model).isPlural)
        #expect(model.certificate.limits.contains { $0.contains("no plurality") })
        let all = try model.predict(data, for: .everyone)
        #expect(try all == model.predict(data, for: .judge("judge 1")))
        #expect(all.allSatisfy { $0.deviation == nil })
    }

    private static func model(_ geometry: PrototypeScores.Geometry, map: Matrix) -> PrototypeScores {
        PrototypeScores(
            map: DenseNetwork(layers: [.init(weight: map, bias: [Double](repeating: 0, count: map.rows))]),
            standardization: Standardization(identity: map.columns), geometry: geometry)
    }

    @Test("A mixture of prototypes is the point between them; rotations and shifts change nothing")
    func geometry() throws {
        var random = CounterRandom(seed: 3)
        let items = try ItemSet(
            features: FeatureMatrix((0..<6).map { _ in (0..<3).map { _ in random.normal() } }))
        let data = try ComparisonSet(items: items, left: [0, 1, 2], right: [3, 4, 5], labels: [1, 0, 1])
        let map = Matrix(rows: 2, columns: 3) { _, _ in random.normal() }
        let points = Matrix(rows: 3, columns: 2) { _, _ in random.normal() }
        let gaps = try Self.model(.points(points), map: map).gaps(data)
        let w = [0.2, 0.5, 0.3]
        let middle = (0..<2).map { c in (0..<3).reduce(0) { $0 + w[$1] * points[$1, c] } }
        for place in 0..<3 {
            func distance(_ item: Int, _ point: [Double]) -> Double {
                let f = map.multiply(items.features.row(item))
                return zip(f, point).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            let (a, b) = (data.left[place], data.right[place])
            let direct = distance(b, middle) - distance(a, middle)
            let mixed = (0..<3).reduce(0) { $0 + w[$1] * gaps[place, $1] }
            #expect(abs(direct - mixed) < 1e-12)
            let (fa, fb) = (map.multiply(items.features.row(a)), map.multiply(items.features.row(b)))
            let p = points.row(0)
            var closed = 0.0
            for c in 0..<2 { closed += fb[c] * fb[c] - fa[c] * fa[c] + 2 * (fa[c] - fb[c]) * p[c] }
            #expect(abs(closed - gaps[place, 0]) < 1e-12)
        }
        let (cosine, sine) = (0.6, 0.8)
        let turn = Matrix(rows: 2, columns: 2, values: [cosine, -sine, sine, cosine])
        let shift = [0.7, -1.3]
        var moved = points.multiplyTransposed(turn)
        moved.values = moved.values.enumerated().map { $1 + shift[$0 % 2] }
        let turned = PrototypeScores(
            map: DenseNetwork(layers: [.init(weight: turn.multiply(map), bias: shift)]),
            standardization: Standardization(identity: 3), geometry: .points(moved))
        for (a, b) in zip(gaps.values, try turned.gaps(data).values) { #expect(abs(a - b) < 1e-10) }
    }

    @Test("A grid restricted to its corners finds the best single prototype, and beliefs follow Bayes' rule")
    func newcomers() throws {
        let data = try LearningWorld.linear([1, 1], count: 30)
        let scores = Self.model(
            .directions(Matrix(rows: 2, columns: 2, values: [1, 1, -1, 1])), map: .identity(2))
        let population = SimplexPrior(prototypes: 2)
        let model = PrototypeModel<IdealDirections>(
            prototypes: scores, people: KnownPeople(data), population: population, positions: [], curve: [0],
            certificate: FitCertificate(converged: true, steps: 0, loss: 0))
        let gaps = try scores.gaps(data)
        let grid = population.logLikelihoods(gaps, of: data, at: Array(0..<data.count))
        let single = try model.logLikelihoods(data)
        for prototype in 0..<2 {
            let corner = (0..<population.points.rows).first { population.points[$0, prototype] == 1 }!
            #expect(abs(grid[corner] - single[prototype]) < 1e-10)
        }
        let posterior = population.posterior(grid)
        #expect(abs(posterior.reduce(0, +) - 1) < 1e-12)
        #expect(abs(posterior[0] / posterior[3] / exp(grid[0] - grid[3]) - 1) < 1e-9)
        for k in 1...8 {
            let points = SimplexPrior(prototypes: k).points
            for row in 0..<points.rows { #expect(abs(points.row(row).reduce(0, +) - 1) < 1e-12) }
        }
    }

    @Test("Questions are chosen by the information of all their answers together")
    func questions() {
        let beliefs = Beliefs(
            shares: [1, 1],
            probabilities: Matrix(rows: 2, columns: 3, values: [0.5, 1, 1, 0.5, 0, 0]))
        let chosen = beliefs.questions(3)
        #expect(chosen[0].place == 1)
        #expect(abs(chosen[0].information - log(2)) < 1e-12)
        #expect(abs(chosen[1].information) < 1e-12, "what is known need not be asked again")
    }

    @Test("Data that will not do are refused with a reason")
    func badInput() throws {
        let nobody = try LearningWorld.linear([1, 1], count: 40)
        #expect(throws: LearningError.self) { try IdealPoints().fit(nobody) }
        #expect(IdealPoints().lacks(nobody)?.contains("judges") == true)
        guard Torch.isAvailable else { return }
        let data = try Self.opposed()
        let model = try IdealDirections(
            prototypes: 2, restarts: 1, trainer: PairTrainer(steps: 10, validateEvery: 5)
        ).fit(Self.prompted(data))
        #expect(throws: LearningError.self) { try model.predict(data, for: .everyone) }
    }
}

@Suite("What drives the answer for a person")
struct TasteExplanationTests {
    @Test("The tastes' parts add up to the log-odds, for everyone and for one judge")
    func parts() throws {
        guard Torch.isAvailable else { return }
        var random = CounterRandom(seed: 12)
        let rows = (0..<60).map { _ in [random.normal(), random.normal()] }
        var (left, right, labels, names): ([Int], [Int], [Double], [String?]) = ([], [], [], [])
        for place in 0..<900 {
            let a = random.below(60)
            let b = (a + 1 + random.below(59)) % 60
            let judge = place % 12
            let d = 3 * (rows[a][judge % 2] - rows[b][judge % 2])
            left.append(a)
            right.append(b)
            labels.append(random.bernoulli(Special.logistic(d)) ? 1 : 0)
            names.append("judge \(judge)")
        }
        var data = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix(rows)), left: left, right: right, labels: labels)
        try data.setJudges(names)
        let model = try IdealDirections(prototypes: 2).fit(data, seed: 1)
        for audience in [Audience.everyone, .judge("judge 3")] {
            let parts = try model.explain(data, comparison: 5, for: audience)
            let answer = try model.predict(data.selecting([5]), for: audience)[0].value
            #expect(abs(parts.difference - answer) < 1e-9 * max(1, abs(answer)))
            #expect(parts.parts.count == 2 && parts.parts.allSatisfy { $0.name.contains("judge") })
        }
    }
}
