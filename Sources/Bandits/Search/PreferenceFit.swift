import Foundation
import Kernels

extension PreferenceProcess {
    /// The utility with the kernel that is the most plausible one for the duels.
    ///
    /// log ℓ ~ N(log 0.4, 1) for coordinates in the unit cube and log a ~ N(log 10, 1.5²); the mode of
    /// evidence times prior by L-BFGS.
    static func fit(
        duels: [Duel<[Double]>], outcomes: [Double], groups: [Int], start: [Double]?
    ) -> (process: PreferenceProcess, hyperparameters: [Double]) {
        let evidence = PreferenceEvidence(DuelPairs(duels), outcomes, groups)
        let search = LBFGS(
            maxIterations: start == nil ? 40 : 8, gradientTolerance: 1e-3, valueTolerance: 1e-4)
        let found = search.minimize(from: start ?? evidence.start) { evidence.loss($0, &$1) }
        return (
            PreferenceProcess(
                pairs: evidence.pairs, outcomes: outcomes, kernel: evidence.kernel(found.x)), found.x
        )
    }
}
