import Foundation
import Kernels

extension GaussianProcess {
    /// What is known about the noise of measurements.
    public enum Noise: Sendable, Hashable, Codable {
        /// Nothing: it is found from the data.
        case fitted
        /// Its variance; 0 for exact values.
        case known(Double)
    }

    /// A surface whose kernel and noise are the most plausible ones for the data.
    ///
    /// Values are standardised; log ℓ ~ N(log 0.4, 1) for coordinates in the unit cube, log a ~ N(0, 1),
    /// log s² ~ N(log 0.05, 2²); the posterior mode is found by L-BFGS with exact gradients from several
    /// starts.
    ///
    /// - Parameters:
    ///   - groups: The group of each coordinate; a group shares one length scale. `nil` for a group each.
    ///   - start: The kernel's numbers from an earlier fit, tried as a further start.
    /// - Complexity: O(n³) for each of some hundred steps.
    public static func fit(
        points: [[Double]], values: [Double], noise: Noise = .fitted, groups: [Int]? = nil,
        start: [Double]? = nil
    ) -> (process: GaussianProcess, hyperparameters: [Double]) {
        let evidence = GaussianEvidence(points: points, values: values, noise: noise, groups: groups)
        var starts = [0.2, 0.6].map { evidence.start(lengthScale: $0) }
        if let start, start.count == starts[0].count { starts.append(start) }
        let search = LBFGS(maxIterations: 60, gradientTolerance: 1e-4, valueTolerance: 1e-7)
        var best: (x: [Double], value: Double)?
        for start in starts {
            let found = search.minimize(from: start) { evidence.loss($0, &$1) }
            if found.value.isFinite, found.value < best?.value ?? .infinity { best = (found.x, found.value) }
        }
        let chosen = best?.x ?? starts[0]
        let (kernel, s2) = evidence.kernel(chosen)
        let scale = evidence.scale * evidence.scale
        return (
            GaussianProcess(
                points: points, values: values,
                kernel: Matern52(amplitude: kernel.amplitude * scale, lengthScales: kernel.lengthScales),
                noise: s2 * scale), chosen
        )
    }
}
