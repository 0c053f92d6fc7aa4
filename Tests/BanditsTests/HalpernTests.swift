import Foundation
import Kernels
import Testing

@testable import Bandits

/// Fᵢ(u) = A(u − center) + wᵢ with Σ wᵢ = 0, and a count of the evaluations.
private final class Linear: FiniteSumOperator {
    let matrix: Matrix
    let center: [Double]
    let components: Int
    let spread: Double
    var evaluations = 0
    var dimension: Int { center.count }

    init(_ matrix: Matrix, center: [Double], components: Int, spread: Double = 0) {
        self.matrix = matrix
        self.center = center
        self.components = components
        self.spread = spread
    }

    func add(_ component: Int, at u: [Double], times scale: Double, to sum: inout [Double]) {
        evaluations += 1
        let noise = components > 1 ? spread * (Double(2 * component) / Double(components - 1) - 1) : 0
        let value = matrix.multiply(u.indices.map { u[$0] - center[$0] })
        for i in sum.indices { sum[i] += scale * (value[i] + noise * (u[i] - center[i]) + noise) }
    }
}

@Suite struct HalpernTests {
    private static let rotation = Matrix(rows: 2, columns: 2, values: [0, 1, -1, 0])

    @Test func oneComponentIsTheDeterministicIteration() {
        let constant = 2.0
        let sum = Linear(Matrix(rows: 1, columns: 1, values: [constant]), center: [0], components: 1)
        let found = VarianceReducedHalpern(.cocoercive, constant: constant).solve(sum, from: [3], budget: 60)
        var u = 3.0
        for k in 0..<found.iterations {
            let lambda = 2 / Double(k + 4)
            u = (lambda + (1 - lambda - 0.25) * u / 3) * 3
        }
        #expect(found.iterations > 15 && abs(found.point[0] - u) < 1e-13)
        #expect(abs(found.residual - constant * abs(u)) < 1e-12)
    }

    @Test func equalComponentsHaveNoNoise() {
        let matrix = Matrix(rows: 2, columns: 2, values: [1, 0.2, 0.2, 0.5])
        let sum = Linear(matrix, center: [1, -1], components: 50)
        let found = VarianceReducedHalpern(.cocoercive, constant: 1.2).solve(sum, from: [4, 4], budget: 2000)
        var u = [4.0, 4]
        for k in 0..<found.iterations {
            let lambda = 2 / Double(k + 4), slope = matrix.multiply([u[0] - 1, u[1] + 1])
            u = (0..<2).map { lambda * 4 + (1 - lambda) * u[$0] - slope[$0] / 4.8 }
        }
        #expect(VectorMath.distance(found.point, u) < 1e-12)
    }

    @Test(arguments: [VarianceReducedHalpern.Regularity.cocoercive, .lipschitz])
    func solutionsStay(_ regularity: VarianceReducedHalpern.Regularity) {
        let sum = Linear(.identity(2), center: [1, -2], components: 10)
        let found = VarianceReducedHalpern(regularity, constant: 1).solve(sum, from: [1, -2], budget: 500)
        #expect(found.point == [1, -2] && found.residual == 0)
    }

    @Test(arguments: [VarianceReducedHalpern.Regularity.cocoercive, .lipschitz])
    func reportsAreTrue(_ regularity: VarianceReducedHalpern.Regularity) {
        for budget in [200, 217, 1000, 5000, 20_000] {
            let sum = Linear(
                Matrix(rows: 2, columns: 2, values: [0.5, 0.3, -0.3, 0.7]), center: [1, -1], components: 100,
                spread: 0.3)
            let found = VarianceReducedHalpern(regularity, constant: 2, seed: 4)
                .solve(sum, from: [5, 5], budget: budget)
            #expect(found.evaluations == sum.evaluations && found.evaluations <= budget)
            let value = sum.mean(at: found.point)
            #expect(abs(found.residual - VectorMath.dot(value, value).squareRoot()) < 1e-9)
            if budget >= 20_000 { #expect(found.residual < 0.3) }
        }
    }

    @Test func gamesAreSolvedToTheTolerance() {
        let sum = Linear(Self.rotation, center: [0.5, -1], components: 100, spread: 0.2)
        let solver = VarianceReducedHalpern(.lipschitz, constant: 1.3, tolerance: 0.02)
        let found = solver.solve(sum, from: [2, 2], budget: 200_000)
        #expect(found.residual <= 0.02 && found.evaluations < 200_000)
        #expect(VectorMath.distance(found.point, [0.5, -1]) < 0.025)
        // Plain gradient steps run away from such games.
        var u = [2.0, 2]
        for _ in 0..<100 {
            let slope = sum.mean(at: u)
            u = [u[0] - 0.3 * slope[0], u[1] - 0.3 * slope[1]]
        }
        #expect(VectorMath.distance(u, [0.5, -1]) > 10)
    }

    @Test func constraintsAreKept() {
        let set = ConvexSet.box(lower: [-1, -1], upper: [1, 1])
        // The square's nearest point to (3, 0.5), and the game whose saddle lies outside.
        let pull = Linear(.identity(2), center: [3, 0.5], components: 20, spread: 0.1)
        let near = VarianceReducedHalpern(.cocoercive, constant: 1.2, set: set, tolerance: 1e-2)
            .solve(pull, from: [0, 0], budget: 100_000)
        #expect(near.residual <= 1e-2 && VectorMath.distance(near.point, [1, 0.5]) < 0.02)
        let game = Linear(Self.rotation, center: [0, 3], components: 20, spread: 0.1)
        let saddle = VarianceReducedHalpern(.lipschitz, constant: 1.2, set: set, tolerance: 1e-3)
            .solve(game, from: [0, 0], budget: 200_000)
        #expect(saddle.residual <= 1e-3 && set.contains(saddle.point))
        #expect(VectorMath.distance(saddle.point, [1, 1]) < 0.01)
    }

    @Test func seedsDecide() {
        let sum = Linear(.identity(2), center: [1, 1], components: 400, spread: 0.5)
        func end(_ seed: UInt64) -> [Double] {
            VarianceReducedHalpern(.cocoercive, constant: 1.5, seed: seed).solve(
                sum, from: [3, 0], budget: 4000
            ).point
        }
        #expect(end(1) == end(1) && end(1) != end(2))
    }
}
