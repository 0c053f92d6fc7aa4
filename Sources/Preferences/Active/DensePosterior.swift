import Kernels

/// The Laplace posterior with its whole covariance: exact after a fit, updated by rank-one steps between
/// fits.
///
/// Complexity: O(n²) memory and for each update, O(1) for a variance, O(n³) to fit.
struct DensePosterior: ScorePosterior {
    private(set) var means: [Double]
    let answers: AnswerModel
    private var covariance: [Double]
    private var count: Int { means.count }

    /// Fits by Newton's method; the scores' covariance is that with the place and tie parameters unknown too.
    ///
    /// - Throws: `PreferenceError.failed` where no maximum was found.
    init(_ evidence: VoteEvidence, priorScale: Double, start: [Double]?) throws {
        let n = evidence.count
        let link: LinkKind = evidence.hasTies ? .davidson : .logistic
        var parameter = n
        var homeParameter: Int?, tieParameter: Int?
        var precision = [Double](repeating: 1 / (priorScale * priorScale), count: n)
        if evidence.hasHome {
            homeParameter = parameter
            parameter += 1
            precision.append(0.01)
        }
        if evidence.hasTies {
            tieParameter = parameter
            parameter += 1
            precision.append(0.01)
        }
        let block = PairBlock(
            terms: evidence.terms, link: link, homeParameter: homeParameter, covariateParameter: parameter,
            tieParameter: tieParameter, fixedTie: -700)
        let objective = Objective(blocks: [block], prior: Prior(precision: precision))
        var origin = start ?? [Double](repeating: 0, count: n)
        origin += [Double](repeating: 0, count: parameter - n)
        let solution = Newton(tolerance: 1e-9).maximize(objective, from: origin)
        guard solution.theta.allSatisfy(\.isFinite), solution.converged, let factor = solution.factor else {
            throw PreferenceError.failed(
                model: "next",
                reason: "no maximum was reached in \(solution.iterations) steps; look for extreme weights")
        }
        means = Array(solution.theta[..<n])
        answers = AnswerModel(
            link: link, tie: tieParameter.map { solution.theta[$0] } ?? -700,
            home: homeParameter.map { solution.theta[$0] } ?? 0)
        let inverse = factor.inverse()
        if parameter == n {
            covariance = inverse.values
        } else {
            covariance = []
            covariance.reserveCapacity(n * n)
            for i in 0..<n { covariance += inverse.values[i * parameter..<i * parameter + n] }
        }
    }

    func variance(_ i: Int, _ j: Int) -> Double {
        max(0, covariance[i * count + i] + covariance[j * count + j] - 2 * covariance[i * count + j])
    }

    mutating func expect(_ i: Int, _ j: Int, information: Double) {
        let direction = direction(i, j)
        shrink(direction, by: information / (1 + information * (direction[i] - direction[j])))
    }

    mutating func update(_ i: Int, _ j: Int, shift: Double, information: Double) {
        let direction = direction(i, j)
        let variance = direction[i] - direction[j]
        if variance > 0 { for k in 0..<count { means[k] += shift / variance * direction[k] } }
        shrink(direction, by: information / (1 + information * variance))
    }

    /// Σ (e_i − e_j).
    private func direction(_ i: Int, _ j: Int) -> [Double] {
        (0..<count).map { covariance[i * count + $0] - covariance[j * count + $0] }
    }

    /// Σ ← Σ − f a aᵀ.
    private mutating func shrink(_ a: [Double], by factor: Double) {
        let n = count
        covariance.withUnsafeMutableBufferPointer { covariance in
            a.withUnsafeBufferPointer { a in
                for i in 0..<n {
                    let scaled = factor * a[i]
                    if scaled == 0 { continue }
                    for j in 0..<n { covariance[i * n + j] -= scaled * a[j] }
                }
            }
        }
    }

    func draw(_ random: inout CounterRandom) -> [Double] {
        // Rounding of many updates may cost the covariance its definiteness; then the mean stands for the
        // draw.
        let matrix = Matrix(rows: count, columns: count, values: covariance)
        guard let factor = Cholesky(matrix) else { return means }
        let noise = factor.multiplyLower((0..<count).map { _ in random.normal() })
        return zip(means, noise).map { $0 + $1 }
    }
}
