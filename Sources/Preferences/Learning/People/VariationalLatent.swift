import Foundation

extension VariationalModel {
    /// What is known of a person: q = N(mean, diag(variance)).
    public struct Latent: Sendable, Hashable {
        /// μ.
        public let mean: [Double]
        /// 1/Λ, at most 1.
        public let variance: [Double]

        /// KL(q ‖ N(0, I)) in nats: how much the answers said.
        public var divergence: Double {
            zip(mean, variance).reduce(0) { $0 + 0.5 * ($1.1 + $1.0 * $1.0 - 1 - log($1.1)) }
        }

        /// Creates it.
        public init(mean: [Double], variance: [Double]) {
            precondition(
                mean.count == variance.count && variance.allSatisfy { $0 > 0 }, "a variance for each mean")
            self.mean = mean
            self.variance = variance
        }
    }
}
