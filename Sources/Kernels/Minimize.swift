/// Minimisers of functions of one variable.
public enum Minimize {
    /// What a one-dimensional search arrived at.
    public struct Point: Sendable, Hashable {
        /// The best argument found.
        public let x: Double
        /// The function there.
        public let value: Double
        /// How many times the function was called.
        public let evaluations: Int
        /// Whether the bracket shrank to the tolerance.
        public let converged: Bool
    }

    /// Finds a local minimum of a function on an interval by Brent's method.
    ///
    /// Steps go to the lowest point of a parabola through the three best points, or to the golden section of
    /// the larger side when the parabola is of no use. A value of NaN counts as +∞.
    ///
    /// - Parameters:
    ///   - lower: The left end.
    ///   - upper: The right end.
    ///   - tolerance: The accuracy wanted in the argument, relative to its size with a floor of the same
    ///     size; half the digits of a double is the best there is.
    ///   - maxEvaluations: The most calls of `f`.
    ///   - f: The function.
    /// - Precondition: `lower <= upper`, both finite.
    /// - Throws: What `f` throws.
    public static func brent(
        lower: Double, upper: Double, tolerance: Double = 1e-8, maxEvaluations: Int = 200,
        _ f: (Double) throws -> Double
    ) rethrows -> Point {
        precondition(lower <= upper && lower.isFinite && upper.isFinite, "brent needs a finite interval")
        let golden = 0.381966011250105151795
        func evaluate(_ x: Double) throws -> Double {
            let value = try f(x)
            return value.isNaN ? .infinity : value
        }
        var (left, right) = (lower, upper)
        var best = left + golden * (right - left)
        var bestValue = try evaluate(best)
        var (second, secondValue) = (best, bestValue)
        var (third, thirdValue) = (best, bestValue)
        var (step, previous) = (0.0, 0.0)
        var evaluations = 1
        while true {
            let middle = left + 0.5 * (right - left)
            let fine = max(tolerance, 1e-15) * (abs(best) + 1) * 0.5
            if abs(best - middle) <= 2 * fine - 0.5 * (right - left) {
                return Point(x: best, value: bestValue, evaluations: evaluations, converged: true)
            }
            guard evaluations < maxEvaluations else {
                return Point(x: best, value: bestValue, evaluations: evaluations, converged: false)
            }
            var useGolden = true
            if abs(previous) > fine {
                let r = (best - second) * (bestValue - thirdValue)
                let q = (best - third) * (bestValue - secondValue)
                let numerator = (best - third) * q - (best - second) * r
                let denominator = 2 * (r - q)
                let move = numerator / denominator
                let target = best + move
                if move.isFinite && abs(move) < 0.5 * abs(previous) && target > left && target < right {
                    previous = step
                    step = move
                    if target - left < 2 * fine || right - target < 2 * fine {
                        step = best < middle ? fine : -fine
                    }
                    useGolden = false
                }
            }
            if useGolden {
                previous = best < middle ? right - best : left - best
                step = golden * previous
            }
            let trial = best + (abs(step) >= fine ? step : (step > 0 ? fine : -fine))
            let value = try evaluate(trial)
            evaluations += 1
            if value <= bestValue {
                if trial < best { right = best } else { left = best }
                (third, thirdValue) = (second, secondValue)
                (second, secondValue) = (best, bestValue)
                (best, bestValue) = (trial, value)
            } else {
                if trial < best { left = trial } else { right = trial }
                if value <= secondValue || second == best {
                    (third, thirdValue) = (second, secondValue)
                    (second, secondValue) = (trial, value)
                } else if value <= thirdValue || third == best || third == second {
                    (third, thirdValue) = (trial, value)
                }
            }
        }
    }
}
