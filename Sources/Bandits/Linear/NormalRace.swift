import Kernels

/// The probability of each of several independent normal variables to be the largest.
///
///     p(a) = ∫ φ((z − μₐ)/sₐ)/sₐ · Π_{b≠a} Φ((z − μ_b)/s_b) dz
///
/// by Gauss–Legendre rules with eight nodes on panels no wider than twice the smallest standard deviation that matters there, so
/// that very different deviations do no harm. The error is below 10⁻⁹; probabilities below 10⁻¹² may come out as 0.
enum NormalRace {
    /// How many standard deviations a variable is followed.
    private static let reach = 7.5

    private static let nodes: [Double] = [
        -0.9602898564975363, -0.7966664774136267, -0.5255324099163290, -0.1834346424956498,
        0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363,
    ]
    private static let weights: [Double] = [
        0.1012285362903763, 0.2223810344533745, 0.3137066458778873, 0.3626837833783620,
        0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763,
    ]

    /// The probabilities; variables that are constant and tie for the largest share it.
    ///
    /// - Parameters:
    ///   - means: The means, at least one.
    ///   - deviations: The standard deviations, at least 0.
    /// - Complexity: O(K²) for K variables in the worst case, about 60·K evaluations of Φ where deviations are alike.
    static func probabilities(means: [Double], deviations: [Double]) -> [Double] {
        let count = means.count
        precondition(
            means.allSatisfy(\.isFinite) && deviations.allSatisfy(\.isFinite),
            "features and rewards must be finite numbers")
        let widest = deviations.max() ?? 0, top = means.max() ?? 0
        guard count > 1 else { return [1] }
        guard widest > 0 else {
            let ties = means.lazy.filter { $0 == top }.count
            return means.map { $0 == top ? 1 / Double(ties) : 0 }
        }
        // Differences are all that matters, and a deviation 10⁹ times smaller than another is a constant.
        let s = deviations.map { max($0, 1e-9 * widest) }
        let low = zip(means, s).map { $0 - top - reach * $1 }
        let high = zip(means, s).map { $0 - top + reach * $1 }
        let start = low.max() ?? 0, end = high.max() ?? 0
        let racing = (0..<count).filter { high[$0] > start }
        var shares = [Double](repeating: 0, count: count)
        var below = [Double](repeating: 1, count: racing.count), chance = below
        var z = start
        while z < end {
            var width = end - z
            for arm in racing where z < high[arm] { width = min(width, max(low[arm] - z, 2 * s[arm])) }
            for (node, weight) in zip(nodes, weights) {
                let point = z + 0.5 * width * (1 + node)
                // below[i]: the probability that all before i are below the point; then the same from behind.
                var product = 1.0
                for i in racing.indices {
                    let arm = racing[i]
                    below[i] = product
                    chance[i] =
                        point >= high[arm] ? 1 : Special.normalCDF((point - means[arm] + top) / s[arm])
                    product *= chance[i]
                }
                var behind = 0.5 * width * weight
                for i in racing.indices.reversed() where point < high[racing[i]] {
                    let arm = racing[i], u = (point - means[arm] + top) / s[arm]
                    shares[arm] += below[i] * behind * Special.normalPDF(u) / s[arm]
                    behind *= chance[i]
                }
            }
            z += width
        }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }
}
