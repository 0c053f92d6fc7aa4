import Foundation
import Kernels

/// The Laplace posterior of very many items: the mode exactly, variances from a few samples and exact
/// conditionals.
///
/// Sidén, Lindgren, Bolin and Villani, "Efficient covariance approximations for large sparse precision
/// matrices" (2018), for pairs. With the precision H, the variance of d = θ_i − θ_j splits into what is left
/// when all other scores are known, cᵀA⁻¹c with A the 2 × 2 block of H and c = (1, −1), which is exact, and
/// the variance of E[d | others], which 32 samples with the covariance H⁻¹ estimate. The second part is the
/// smaller, so that 32 samples give a standard error of a few percent where the independent approximation
/// 1/H_ii + 1/H_jj would be short by far more on sparse boards.
///
/// What is approximate: the second part is estimated, and between fits a vote changes the two items that it
/// is about (and all variances of pairs with them), not their neighbours.
///
/// Complexity: 280 bytes an item and 52 a pair; O(1) for a variance and an update.
struct SampledPosterior: ScorePosterior {
    typealias Lanes = SIMD8<Float>
    /// Groups of eight samples.
    static let groups = 4

    var means: [Double]
    var answers = AnswerModel()
    /// The diagonal of H.
    var diagonal: [Double]
    /// The samples, `groups` vectors for each item.
    var samples: [Lanes]
    /// Σ_j w_ij x_j over the neighbours j of each item, for every sample.
    var sums: [Lanes]
    /// The pairs with a vote.
    var graph: VoteGraph
    /// What votes since the fit added to −H_ij.
    private var added: [UInt64: Double] = [:]

    init(means: [Double], diagonal: [Double], samples: [Lanes], graph: VoteGraph) {
        self.means = means
        self.diagonal = diagonal
        self.samples = samples
        self.graph = graph
        sums = graph.sums(of: samples, groups: Self.groups)
    }

    /// The joint moments of θ_i, θ_j and their difference.
    private struct Moments {
        /// Cov(θ_i, d) and Cov(θ_j, d); the variance of d is the first less the second.
        var left: Double
        var right: Double
    }

    private func moments(_ i: Int, _ j: Int) -> Moments {
        let a = diagonal[i], b = diagonal[j]
        let w = graph.weight(i, j) + (added.isEmpty ? 0 : added[key(i, j)] ?? 0)
        let inverse = 1 / (a * b - w * w)
        let scale = Float(inverse), fa = Float(a), fb = Float(b), fw = Float(w)
        var left = 0.0, right = 0.0
        for g in 0..<Self.groups {
            let p = i * Self.groups + g, q = j * Self.groups + g
            let si = sums[p] - fw * samples[q]
            let sj = sums[q] - fw * samples[p]
            let mi = (fb * si + fw * sj) * scale
            let mj = (fw * si + fa * sj) * scale
            let d = mi - mj
            left += Double((mi * d).sum())
            right += Double((mj * d).sum())
        }
        let share = 1 / Double(8 * Self.groups)
        return Moments(
            left: (b - w) * inverse + left * share, right: (w - a) * inverse + right * share)
    }

    func variance(_ i: Int, _ j: Int) -> Double {
        if i == j { return 0 }
        let moments = moments(i, j)
        return moments.left - moments.right
    }

    mutating func expect(_ i: Int, _ j: Int, information: Double) {
        diagonal[i] += information
        diagonal[j] += information
        added[key(i, j), default: 0] += information
        let weight = Float(information)
        for g in 0..<Self.groups {
            let p = i * Self.groups + g, q = j * Self.groups + g
            sums[p] += weight * samples[q]
            sums[q] += weight * samples[p]
        }
    }

    mutating func update(_ i: Int, _ j: Int, shift: Double, information: Double) {
        let moments = moments(i, j)
        let variance = moments.left - moments.right
        means[i] += shift * moments.left / variance
        means[j] += shift * moments.right / variance
        expect(i, j, information: information)
    }

    func draw(_ random: inout CounterRandom) -> [Double] {
        let lane = random.below(8 * Self.groups)
        return means.indices.map { means[$0] + Double(samples[$0 * Self.groups + lane / 8][lane % 8]) }
    }

    private func key(_ i: Int, _ j: Int) -> UInt64 { UInt64(min(i, j)) << 32 | UInt64(max(i, j)) }
}
