import Bandits
import Foundation

/// Functions with known optima for searches that see only values; the larger the better, on the unit cube.
enum SearchFunctions {
    /// A function and its largest value.
    struct Surface: Sendable {
        let name: String
        let dimension: Int
        let maximum: Double
        let value: @Sendable ([Double]) -> Double

        func value(_ point: SearchPoint) -> Double { value(point.values.map { $0.number ?? .nan }) }
    }

    /// Branin's function of two variables, negated: three equal maxima.
    static let branin = Surface(name: "Branin", dimension: 2, maximum: -0.397887357729738) { u in
        let x = 15 * u[0] - 5, y = 15 * u[1]
        let bowl = y - 5.1 / (4 * .pi * .pi) * x * x + 5 / .pi * x - 6
        return -(bowl * bowl + 10 * (1 - 1 / (8 * .pi)) * cos(x) + 10)
    }

    /// Hartmann's function of three variables, negated: four bumps.
    static let hartmann3 = Surface(name: "Hartmann-3", dimension: 3, maximum: 3.86277978) { u in
        let heights = [1.0, 1.2, 3, 3.2]
        let a: [[Double]] = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
        let p: [[Double]] = [
            [0.3689, 0.117, 0.2673], [0.4699, 0.4387, 0.747], [0.1091, 0.8732, 0.5547],
            [0.0381, 0.5743, 0.8828],
        ]
        var sum = 0.0
        for i in 0..<4 {
            var distance = 0.0
            for j in 0..<3 { distance += a[i][j] * (u[j] - p[i][j]) * (u[j] - p[i][j]) }
            sum += heights[i] * exp(-distance)
        }
        return sum
    }
}
