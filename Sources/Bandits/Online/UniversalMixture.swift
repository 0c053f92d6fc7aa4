import Foundation
import Kernels

/// Capital spread over many constant combinations of strategies, each of which keeps what it earns.
///
/// The combinations are drawn once from a Dirichlet(½) distribution; the vertices and the uniform one come
/// with them.
struct UniversalMixture: Sendable, Hashable, Codable {
    let strategies: Int
    /// The combinations, one after the other.
    let particles: [Double]
    /// The logarithm of each one's wealth.
    private(set) var logWealth: [Double]

    init(strategies: Int, draws: Int, random: CounterRandom) {
        var random = random
        var all: [Double] = []
        all.reserveCapacity((draws + strategies + 1) * strategies)
        for a in 0..<strategies {
            for b in 0..<strategies { all.append(a == b ? 1 : 0) }
        }
        for _ in 0..<strategies { all.append(1 / Double(strategies)) }
        for _ in 0..<draws {
            let draw = (0..<strategies).map { _ in random.gamma(shape: 0.5) }
            let sum = draw.reduce(0, +)
            for value in draw { all.append(sum > 0 ? value / sum : 1 / Double(strategies)) }
        }
        self.strategies = strategies
        particles = all
        logWealth = [Double](repeating: 0, count: draws + strategies + 1)
    }

    /// The combination in which the capital lies.
    var weights: [Double] {
        let shares = VectorMath.softmax(logWealth)
        var mix = [Double](repeating: 0, count: strategies)
        particles.withUnsafeBufferPointer { rows in
            mix.withUnsafeMutableBufferPointer { mix in
                for (particle, share) in shares.enumerated() where share > 0 {
                    for a in 0..<mix.count { mix[a] += share * rows[particle * mix.count + a] }
                }
            }
        }
        return mix
    }

    mutating func learn(_ payoffs: [Double]) {
        particles.withUnsafeBufferPointer { rows in
            payoffs.withUnsafeBufferPointer { payoffs in
                for particle in logWealth.indices {
                    var payoff = 0.0
                    for a in 0..<payoffs.count { payoff += rows[particle * payoffs.count + a] * payoffs[a] }
                    logWealth[particle] += log(payoff)
                }
            }
        }
    }
}
