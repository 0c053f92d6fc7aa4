import Foundation
import Kernels

/// How many of one good are worth how many of another, to an agent whose utilities of several amounts are
/// known.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Utility is taken to grow with the logarithm of the
/// amount, good by good,
///
///     μ(N of X) = a_X log N + b_X,   a_Y log N_Y + b_Y = a_X log N_X + b_X
///
/// fitted by least squares. Where R² is low, or a slope is not clearly positive, the rates mean nothing,
/// and are not given.
///
/// - Complexity: O(amounts²).
///
/// ```swift
/// let rates = try ExchangeRates(utilities, goods: [
///     .init("days off", amounts: [(amount: 1, place: 0), (amount: 5, place: 1)]),
///     .init("euros", amounts: [(amount: 100, place: 2), (amount: 1000, place: 3)]),
/// ])
/// print(try rates.equivalent(of: 1, "days off", in: "euros").amount)
/// ```
public struct ExchangeRates: Sendable, Hashable {
    /// A good and where its amounts stand among the utilities.
    public struct Good: Sendable {
        /// Its name.
        public var name: String
        /// Amounts, positive, each with the place of its utility.
        public var amounts: [(amount: Double, place: Int)]

        /// Creates a good.
        public init(_ name: String, amounts: [(amount: Double, place: Int)]) {
            self.name = name
            self.amounts = amounts
        }
    }

    /// A good's curve.
    public struct Curve: Sendable, Hashable {
        /// The good.
        public let name: String
        /// a, the utility of e times as much.
        public let slope: Prediction
        /// b, the utility of one.
        public let intercept: Prediction
        /// R², the share of the variance of utilities that the curve explains; 1 with two amounts.
        public let explained: Double
        /// The number of amounts.
        public let amounts: Int
    }

    /// So many of a good, with a 95% interval where utilities have standard errors.
    public struct Equivalent: Sendable, Hashable {
        /// How many.
        public let amount: Double
        /// From where to where.
        public let interval: ClosedRange<Double>?
    }

    /// One curve for each good.
    public let curves: [Curve]
    /// The covariance of all slopes and intercepts (a, b, a, b, …); nil where utilities have none.
    private let covariance: Matrix?

    /// Fits the curves.
    ///
    /// - Throws: `LearningError.data` where a good has fewer than two different amounts, or one that is not
    ///   positive.
    public init(_ utilities: UtilityModel, goods: [Good]) throws {
        var maps = Matrix(rows: 2 * goods.count, columns: utilities.means.count)
        var curves: [Curve] = []
        for (row, good) in goods.enumerated() {
            guard good.amounts.allSatisfy({ $0.amount > 0 && $0.amount.isFinite }),
                Set(good.amounts.map(\.amount)).count >= 2
            else {
                throw LearningError.data(
                    "\(good.name.debugDescription) needs at least two different amounts, all positive")
            }
            let x = good.amounts.map { log($0.amount) }
            let y = good.amounts.map { utilities.means[$0.place] }
            let middle = Statistics.mean(x)
            let spread = x.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
            for (value, amount) in zip(x, good.amounts) {
                let slope = (value - middle) / spread
                maps[2 * row, amount.place] += slope
                maps[2 * row + 1, amount.place] += 1 / Double(x.count) - middle * slope
            }
            let a = PackedRows.dot(maps, 2 * row, utilities.means)
            let b = PackedRows.dot(maps, 2 * row + 1, utilities.means)
            let rest = zip(x, y).reduce(0) { $0 + ($1.1 - a * $1.0 - b) * ($1.1 - a * $1.0 - b) }
            let whole = Statistics.variance(y, degreesRemoved: 0) * Double(y.count)
            curves.append(
                Curve(
                    name: good.name, slope: Prediction(a), intercept: Prediction(b),
                    explained: whole > 0 ? 1 - rest / whole : .nan, amounts: x.count))
        }
        let covariance = utilities.covariance.map { maps.multiply($0).multiplyTransposed(maps) }
        self.covariance = covariance
        self.curves = curves.enumerated().map { row, curve in
            func error(_ place: Int) -> Double? { covariance.map { max(0, $0[place, place]).squareRoot() } }
            return Curve(
                name: curve.name, slope: Prediction(curve.slope.value, deviation: error(2 * row)),
                intercept: Prediction(curve.intercept.value, deviation: error(2 * row + 1)),
                explained: curve.explained, amounts: curve.amounts)
        }
    }

    /// How many of one good are valued like so many of another: log N_Y = (a_X log N_X + b_X − b_Y) / a_Y.
    ///
    /// - Throws: `LearningError.unknown` for a good; `.data` where more of one is not clearly better.
    public func equivalent(of amount: Double, _ good: String, in other: String) throws -> Equivalent {
        precondition(amount > 0, "amounts are positive")
        let (x, y) = (try place(good), try place(other))
        for place in [x, y] {
            let slope = curves[place].slope
            guard slope.value > 2 * (slope.deviation ?? 0) else {
                throw LearningError.data(
                    "more of \(curves[place].name.debugDescription) is not clearly valued more "
                        + "(slope \(slope.value)), so that no rate holds for it")
            }
        }
        let (a, b) = (curves[x], curves[y])
        let level = a.slope.value * log(amount) + a.intercept.value
        let logAmount = (level - b.intercept.value) / b.slope.value
        guard let covariance else { return Equivalent(amount: exp(logAmount), interval: nil) }
        var gradient = [Double](repeating: 0, count: covariance.rows)
        gradient[2 * x] += log(amount) / b.slope.value
        gradient[2 * x + 1] += 1 / b.slope.value
        gradient[2 * y] -= logAmount / b.slope.value
        gradient[2 * y + 1] -= 1 / b.slope.value
        let product = covariance.multiply(gradient)
        let error = max(0, zip(gradient, product).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
        return Equivalent(
            amount: exp(logAmount),
            interval: exp(logAmount - 1.959964 * error)...exp(logAmount + 1.959964 * error))
    }

    private func place(_ name: String) throws -> Int {
        guard let place = curves.firstIndex(where: { $0.name == name }) else {
            throw LearningError.unknown(kind: "good", name: name, known: curves.map(\.name))
        }
        return place
    }
}

/// Sums along rows of a matrix.
enum PackedRows {
    static func dot(_ matrix: Matrix, _ row: Int, _ vector: [Double]) -> Double {
        var sum = 0.0
        for column in 0..<matrix.columns { sum += matrix[row, column] * vector[column] }
        return sum
    }
}
