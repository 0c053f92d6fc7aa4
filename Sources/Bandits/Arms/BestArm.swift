import Foundation
import Kernels

/// The probability that each of several independent unknowns is the largest.
///
///     P(i is best) = ∫ fᵢ(u) Π_{j≠i} Fⱼ(u) du
///
/// is summed over panels of sixteen Gauss–Legendre points, no wider than the narrowest density that is alive
/// there. All that lies below the lower edge of any density is left out (it holds less than 10⁻¹⁶), and the
/// Fⱼ are integrals of the fⱼ over the same points, so that a point costs one exponential for each arm. The
/// results are within about 10⁻¹⁰ of the truth and add up to one.
///
/// - Complexity: O(K · panels), with at most about twenty panels for densities of similar width.
enum BestArm {
    static let order = 16

    static func probabilities<P: ArmPosterior>(_ posteriors: [P]) -> [Double] {
        var result = [Double](repeating: 0, count: posteriors.count)
        let start = posteriors.reduce(-Double.infinity) { max($0, $1.lower) }
        let live = posteriors.indices.filter { posteriors[$0].upper > start }
        if live.count == 1 {
            result[live[0]] = 1
            return result
        }
        var sum = Quadrature(live.map { posteriors[$0] }, start: start)
        sum.run()
        let total = sum.best.reduce(0, +)
        for (place, arm) in live.enumerated() { result[arm] = sum.best[place] / total }
        return result
    }

    /// The same for normal unknowns; those that are certain and tie for the largest share it.
    ///
    /// A deviation 10⁹ times smaller than another counts as that small a part of it.
    ///
    /// - Parameters:
    ///   - means: The means, at least one.
    ///   - deviations: The standard deviations, at least 0.
    static func normal(means: [Double], deviations: [Double]) -> [Double] {
        precondition(
            means.allSatisfy(\.isFinite) && deviations.allSatisfy(\.isFinite),
            "features and rewards must be finite numbers")
        let widest = deviations.max() ?? 0, top = means.max() ?? 0
        guard means.count > 1 else { return [1] }
        guard widest > 0 else {
            let ties = means.lazy.filter { $0 == top }.count
            return means.map { $0 == top ? 1 / Double(ties) : 0 }
        }
        // Differences are all that matters.
        return probabilities(
            zip(means, deviations).map { NormalPosterior(mean: $0 - top, deviation: max($1, 1e-9 * widest)) })
    }

    private struct Quadrature<P: ArmPosterior> {
        let arms: [P]
        let start: Double
        let base: [Double]
        /// The probability of each arm below the panel.
        var below: [Double]
        var best: [Double]
        /// For each arm its density at the panel's points, the probability below them, and the product of
        /// those of the arms before.
        var density: [SIMD16<Double>]
        var mass: [SIMD16<Double>]
        var before: [SIMD16<Double>]
        var offsets = [Double](repeating: 0, count: order)
        var shared = [Double](repeating: 0, count: order)
        let weights = (0..<order).map { PanelRule.sixteen.weights[$0] }

        init(_ arms: [P], start: Double) {
            self.arms = arms
            self.start = start
            base = arms.map { $0.logDensity(start) }
            below = arms.map { $0.mass(below: start) }
            best = [Double](repeating: 0, count: arms.count)
            density = [SIMD16<Double>](repeating: .zero, count: arms.count)
            mass = density
            before = density
        }

        mutating func run() {
            let end = arms.reduce(start) { max($0, $1.upper) }
            var at = start
            while at < end {
                var next = end
                for arm in arms where arm.upper > at { next = min(next, at + arm.panel) }
                next = max(next, at.nextUp)
                fill(at - start, next - at)
                add(next - at)
                at = next
            }
        }

        private mutating func fill(_ from: Double, _ width: Double) {
            let rule = PanelRule.sixteen
            for i in 0..<order {
                offsets[i] = from + width * rule.points[i]
                shared[i] = P.shared(start: start, offset: offsets[i])
            }
            rule.partial.withUnsafeBufferPointer { partial in
                density.withUnsafeMutableBytes { raw in
                    let lanes = raw.bindMemory(to: Double.self)
                    for k in arms.indices {
                        let row = k * order
                        guard arms[k].upper > start + from else {
                            for i in row..<(row + order) { lanes[i] = 0 }
                            mass[k] = .one
                            continue
                        }
                        var sums = SIMD16<Double>.zero, all = 0.0
                        for i in 0..<order {
                            let value = exp(base[k] + arms[k].change(offset: offsets[i], shared: shared[i]))
                            lanes[row + i] = value
                            sums += partial[i] * value
                            all += weights[i] * value
                        }
                        mass[k] = pointwiseMax(below[k] + width * sums, .zero)
                        below[k] += width * all
                    }
                }
            }
        }

        /// Adds ∫ fᵢ·Π Fⱼ over the panel for every arm, the product from both ends so that nothing is
        /// divided.
        private mutating func add(_ width: Double) {
            var product = width * PanelRule.sixteen.weights
            for k in arms.indices {
                before[k] = product
                product *= mass[k]
            }
            product = .one
            for k in arms.indices.reversed() {
                best[k] += (density[k] * before[k] * product).sum()
                product *= mass[k]
            }
        }
    }
}
