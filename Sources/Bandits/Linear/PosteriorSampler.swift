import Kernels

/// Draws from a normal distribution that is given by its mean and its precision.
struct PosteriorSampler {
    private let mean: [Double]
    private let factor: Cholesky

    /// Factors the precision.
    init(mean: [Double], precision: Matrix) {
        self.mean = mean
        guard let factor = Cholesky(precision) else {
            preconditionFailure("a precision matrix is singular: rescale the features or raise lambda")
        }
        self.factor = factor
    }

    /// Draws θ = mean + scale·L⁻ᵀz, with V = LLᵀ and standard normal z.
    func draw(scale: Double, random: inout CounterRandom) -> [Double] {
        var z = mean.map { _ in random.normal() }
        z.withUnsafeMutableBufferPointer { factor.solveLowerTransposed(inPlace: $0) }
        for i in z.indices { z[i] = mean[i] + scale * z[i] }
        return z
    }
}
