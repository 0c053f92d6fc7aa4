import Kernels
import Testing

@testable import Bandits

@Suite struct ConvexSetTests {
    private static let sets: [ConvexSet] = [
        .ball(4, radius: 1.5), .ball(center: [1, -2, 0, 3], radius: 0.5),
        .box(lower: [-1, 0, 2, -3], upper: [1, 0, 5, -2]), .simplex(4),
    ]

    @Test func projectionsAreTheNearestPoints() {
        var random = CounterRandom(seed: 4)
        for set in Self.sets {
            for _ in 0..<50 {
                let y = (0..<4).map { _ in 3 * random.normal() }
                let x = set.projection(y)
                #expect(set.contains(x))
                // ⟨y − x, v − x⟩ ≤ 0 for all points v of the set.
                for _ in 0..<20 {
                    let v = set.projection((0..<4).map { _ in 3 * random.normal() })
                    let angle = (0..<4).reduce(0) { $0 + (y[$1] - x[$1]) * (v[$1] - x[$1]) }
                    #expect(angle <= 1e-9)
                }
            }
        }
    }

    @Test func closedForms() {
        #expect(ConvexSet.ball(2).projection([3, 4]).map { ($0 * 1e12).rounded() } == [6e11, 8e11])
        #expect(
            ConvexSet.simplex(3).projection([0.9, 0.6, -2]).map { ($0 * 1e12).rounded() } == [
                6.5e11, 3.5e11, 0,
            ])
        #expect(ConvexSet.box(lower: [0, 0], upper: [1, 2]).projection([-1, 5]) == [0, 2])
        #expect(ConvexSet.space(2).projection([7, -8]) == [7, -8])
        #expect(ConvexSet.simplex(3).minimizer([2, -1, 0]) == [0, 1, 0])
        #expect(ConvexSet.ball(2).minimizer([0, 2]) == [0, -1])
        #expect(ConvexSet.ball(2, radius: 3).diameter == 6)
        #expect(ConvexSet.box(lower: [0, 0], upper: [3, 4]).diameter == 5)
        #expect(ConvexSet.simplex(1).diameter == 0)
        #expect(!ConvexSet.simplex(2).contains([0.5, 0.6]))
    }

    @Test func minimizersBeatAllOtherPoints() {
        var random = CounterRandom(seed: 5)
        for set in Self.sets {
            let gradient = (0..<4).map { _ in random.normal() }
            let best = VectorMath.dot(gradient, set.minimizer(gradient))
            #expect(set.contains(set.minimizer(gradient)))
            for _ in 0..<100 {
                let point = set.projection((0..<4).map { _ in 3 * random.normal() })
                #expect(best <= VectorMath.dot(gradient, point) + 1e-9)
            }
        }
    }

    @Test func projectionsInAMetricAreTheNearestPoints() {
        var random = CounterRandom(seed: 6)
        for set in Self.sets {
            var metric = RankOneInverse(4, diagonal: 1)
            for _ in 0..<6 { metric.add((0..<4).map { _ in 2 * random.normal() }, weight: 0.7) }
            let y = (0..<4).map { _ in 3 * random.normal() }
            let x = ProjectedDescent.minimize(on: set, from: set.projection(y), smoothness: metric.trace) {
                x in
                metric.multiply(x.indices.map { x[$0] - y[$0] })
            }
            #expect(set.contains(x))
            let pull = metric.multiply((0..<4).map { y[$0] - x[$0] })
            for _ in 0..<100 {
                let v = set.projection((0..<4).map { _ in 3 * random.normal() })
                #expect(VectorMath.dot(pull, (0..<4).map { v[$0] - x[$0] }) <= 1e-6)
            }
        }
    }

    @Test func inversesFollowRankOneTerms() {
        var random = CounterRandom(seed: 7)
        var metric = RankOneInverse(3, diagonal: 2)
        var direct = Matrix(rows: 3, columns: 3) { $0 == $1 ? 2 : 0 }
        for _ in 0..<30 {
            let x = (0..<3).map { _ in random.normal() }
            let weight = random.uniform()
            let gain = metric.add(x, weight: weight)
            for i in 0..<3 {
                for j in 0..<3 { direct[i, j] += weight * x[i] * x[j] }
            }
            let expected = Cholesky(direct)?.solve(x) ?? []
            #expect(VectorMath.distance(gain, expected) < 1e-10)
            #expect(VectorMath.distance(metric.solve(x), expected) < 1e-10)
        }
        #expect(VectorMath.distance(metric.matrix, direct.values) < 1e-10)
    }
}
