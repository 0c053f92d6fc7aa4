import Kernels

extension LinearBelief {
    /// Writes the probability of each arm to have the largest xᵀθ under the posterior N(θ̂, scale²·V⁻¹).
    ///
    /// Models of their own are independent, and the probabilities are computed. Under shared weights they are the shares of
    /// `draws` draws in which the arm was the best; an arm drawn from these shares is distributed like the best arm of a single draw.
    func thompson(
        _ context: BanditContext, shared: Bool, scale: Double, draws: Int, into p: inout [Double],
        random: inout CounterRandom
    ) {
        let choices = context.choices(of: p.count)
        if !shared {
            var means: [Double] = [], deviations: [Double] = []
            means.reserveCapacity(choices.count)
            deviations.reserveCapacity(choices.count)
            estimate(context.features, models: choices) { _, mean, variance in
                means.append(mean)
                deviations.append(scale * variance.squareRoot())
            }
            let shares = BestArm.normal(means: means, deviations: deviations)
            for (arm, share) in zip(choices, shares) { p[arm] = share }
            return
        }
        for arm in choices {
            precondition(
                context.armFeatures[arm].dimension <= features,
                "arm \(arm) has more features than the model's \(features)")
        }
        let sampler = sampler(0)
        var scores = [Double](repeating: 0, count: p.count)
        for _ in 0..<draws {
            let theta = sampler.draw(scale: scale, random: &random)
            theta.withUnsafeBufferPointer { theta in
                for arm in choices { scores[arm] = context.armFeatures[arm].dot(theta) }
            }
            Arms.putOnBest(choices, scores: &scores)
            for arm in choices { p[arm] += scores[arm] }
        }
        for arm in choices { p[arm] = min(p[arm] / Double(draws), 1) }
    }
}
