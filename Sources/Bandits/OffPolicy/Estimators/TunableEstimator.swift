import Foundation
import Kernels

/// An estimator that changes weights by a rule with one setting, which ``Tuned`` can choose.
///
/// It estimates the mean of q̂(xᵢ, π) + ŵ(wᵢ)·(rᵢ − q̂(xᵢ, aᵢ)), with q̂ = 0 where it needs no predictions.
public protocol TunableEstimator: ValueEstimator {
    /// Creates the estimator with a setting.
    init(setting: Double)
    /// The weight ŵ that takes the place of w under a setting.
    static func shrink(_ weight: Double, _ setting: Double) -> Double
    /// Settings worth trying for these weights, the least biased first.
    static func candidates(_ weights: [Double]) -> [Double]
    /// How ``Tuned`` compares settings unless told otherwise.
    static var criterion: TuningCriterion { get }
}

extension TunableEstimator {
    public static var criterion: TuningCriterion { .slope }
}

/// How settings of an estimator are compared.
public enum TuningCriterion: Sendable, Hashable {
    /// By intervals that must overlap.
    case slope
    /// By an estimate of the squared error, with or without the bound on the error of the estimated bias.
    case meanSquaredError(bounded: Bool)
}

/// Settings to choose from.
enum Candidates {
    /// Levels of the weights that are not zero.
    static func quantiles(_ weights: [Double]) -> [Double] {
        let present = weights.filter { $0 > 0 }.sorted()
        guard !present.isEmpty else { return [.infinity] }
        var levels: [Double] = []
        for level in [1, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3] {
            let value = present[Int((Double(present.count - 1) * level).rounded())]
            if value != levels.last { levels.append(value) }
        }
        return levels
    }

    /// Numbers in constant ratio.
    static func geometric(from first: Double, to last: Double, count: Int) -> [Double] {
        (0..<count).map { first * pow(last / first, Double($0) / Double(count - 1)) }
    }

    /// Strengths of the harmonic correction.
    static let harmonic = [0] + geometric(from: 1e-4, to: 1, count: 17)
}
