import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("General preferences, circles and the policy step")
struct GeneralPreferenceTests {
    @Test("The learner keeps the rules that all keep")
    func conformance() throws {
        guard Torch.isAvailable else { return }
        let data = try LearningWorld.linear([1, -1, 0.5])
        let short = PairTrainer(steps: 40)
        try LearnerConformance.check(GeneralPreference(hidden: [8], trainer: short), on: data)
        try LearnerConformance.check(
            GeneralPreference(blocks: 2, hidden: [], isNormalized: false, temperature: 0.5, trainer: short),
            on: data)
        var prompted = data
        prompted.items.prompts = (0..<data.items.count).map { $0 % 4 }
        prompted.items.promptNames = ["a", "b", "c", "d"]
        prompted.items.promptFeatures = try FeatureMatrix([[0, 1], [1, 0], [1, 1], [0, 0]])
        let gated = GeneralPreference(hidden: [8], scalesByPrompt: true, trainer: short)
        try LearnerConformance.check(gated, on: prompted)
        #expect(throws: LearningError.self) { try gated.fit(data) }
    }

    @Test("The fitted model scores as its embedding does, and P(a ≻ b) + P(b ≻ a) = 1")
    func embedding() throws {
        guard Torch.isAvailable else { return }
        let data = try LearningWorld.linear([1, -1, 0.5], items: 20)
        let model = try GeneralPreference(hidden: [8], trainer: PairTrainer(steps: 40)).fit(data)
        let scores = try model.embedding(data.items).matrix
        for (place, prediction) in try model.predict(data, for: .everyone).enumerated() {
            #expect(abs(prediction.value - scores[data.left[place], data.right[place]]) < 1e-12)
        }
        for a in 0..<20 {
            #expect(scores[a, a] == 0)
            for b in 0..<20 { #expect(scores[a, b] == -scores[b, a]) }
        }
        let standings = try model.standings(of: data.items)
        #expect(abs(Statistics.mean(standings.map(\.reward)) - 0.5) < 1e-12)
        #expect(standings.allSatisfy { (0...1).contains($0.reward) })
        let report = try model.cycles(data.items)
        for (a, b) in zip(standings, report.standings) { #expect(abs(a.score - b * 19 / 20) < 1e-12) }
    }

    @Test("Three unit vectors a third of a turn apart are a perfect circle")
    func circle() {
        let vectors = Matrix(rows: 3, columns: 2) { row, column in
            let angle = 2 * Double.pi / 3 * Double(row)
            return column == 0 ? cos(angle) : sin(angle)
        }
        let scores = SkewEmbedding(vectors: vectors, scales: [1]).matrix
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            #expect(abs(scores[a, b] - sin(2 * Double.pi / 3)) < 1e-12)
        }
        let report = CycleReport(scores)
        #expect(report.triads == 1 && report.cyclic == 1 && report.loops[0].items == [0, 1, 2])
        #expect(abs(report.residualShare - 1) < 1e-12)
        let transitive = CycleReport(Matrix(rows: 4, columns: 4) { Double($1 - $0) })
        #expect(transitive.cyclic == 0 && transitive.ranking == [0, 1, 2, 3])
        #expect(abs(transitive.residualShare) < 1e-12 && transitive.triads == 4)
        #expect(CycleReport(Matrix(rows: 0, columns: 0)).cyclicShare == 0)
    }

    @Test("Bradley–Terry is one block with v = (r, 1)")
    func bradleyTerry() {
        let strengths = [0.3, -1.2, 2.0]
        let embedding = SkewEmbedding(
            vectors: Matrix(rows: 3, columns: 2) { $1 == 0 ? strengths[$0] : 1 }, scales: [1])
        for a in 0..<3 {
            for b in 0..<3 {
                #expect(abs(embedding.score(a, over: b) - (strengths[a] - strengths[b])) < 1e-12)
            }
        }
    }

    @Test("Any skew matrix is represented, with unit length and one block more", arguments: 1...9)
    func schur(_ n: Int) throws {
        var random = CounterRandom(seed: UInt64(n))
        var matrices = [
            Matrix(rows: n, columns: n), Matrix(rows: n, columns: n) { $0 < $1 ? 1 : $0 > $1 ? -1 : 0 },
            // All of the same μ: what comes twice must not be taken twice.
            Matrix(rows: n, columns: n) { $0 / 2 == $1 / 2 ? Double($1 - $0) : 0 },
        ]
        let values = (0..<n * n).map { _ in random.normal() }
        matrices.append(Matrix(rows: n, columns: n) { values[$0 * n + $1] - values[$1 * n + $0] })
        for scores in matrices {
            let free = try #require(SkewEmbedding(representing: scores))
            let unit = try #require(SkewEmbedding(representing: scores, isNormalized: true))
            #expect(free.blocks <= n / 2 && unit.blocks == free.blocks + 1)
            for (a, b) in zip(scores.values, free.matrix.values) { #expect(abs(a - b) < 1e-10) }
            for (a, b) in zip(scores.values, unit.matrix.values) { #expect(abs(a - b) < 1e-10) }
            for row in 0..<n {
                let square = unit.vectors.row(row).reduce(0) { $0 + $1 * $1 }
                #expect(abs(square - 1) < 1e-12)
            }
        }
    }

    @Test(
        "The policy step is the closed form; least squares comes near it; circles leave an even policy as it is"
    )
    func policy() {
        var random = CounterRandom(seed: 4)
        let values = (0..<25).map { _ in 0.5 * random.normal() }
        let scores = Matrix(rows: 5, columns: 5) { values[$0 * 5 + $1] - values[$1 * 5 + $0] }
        let start = [0.3, 0.2, 0.2, 0.2, 0.1]
        let policy = PreferencePolicy(beta: 1)
        let next = policy.step(start, scores: scores)
        #expect(abs(next.reduce(0, +) - 1) < 1e-12)
        let gains = policy.advantages(start, scores: scores)
        #expect(abs(log(next[0] / start[0]) - log(next[1] / start[1]) - (gains[0] - gains[1])) < 1e-12)
        #expect(abs(zip(start, gains).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12, "skew scores average to 0")
        let regressed = policy.regress(start, scores: scores)
        for (a, b) in zip(next, regressed) { #expect(abs(a - b) < 0.05) }
        let sampled = policy.regress(start, scores: scores, samples: 20_000, seed: 3)
        for (a, b) in zip(regressed, sampled) { #expect(abs(a - b) < 0.03) }
        // With a strong pull back both are the same to first order.
        let slow = PreferencePolicy(beta: 100)
        for (a, b) in zip(slow.step(start, scores: scores), slow.regress(start, scores: scores)) {
            #expect(abs(a - b) < 1e-4)
        }
        let circle = Matrix(rows: 3, columns: 3, values: [0, 1, -1, -1, 0, 1, 1, -1, 0])
        let even = [Double](repeating: 1.0 / 3, count: 3)
        for p in policy.step(even, scores: circle) { #expect(abs(p - 1.0 / 3) < 1e-12) }
        let best = Matrix(rows: 3, columns: 3) { Double($1 - $0) }
        #expect(policy.rounds(20, from: even, scores: best).last![0] > 0.999)
    }
}
