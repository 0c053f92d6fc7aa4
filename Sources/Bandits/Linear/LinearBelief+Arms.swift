extension LinearBelief {
    /// Hands on, for each arm that can be chosen, its number, xᵀθ̂ and xᵀV⁻¹x.
    ///
    /// - Parameter shared: Whether model 0 is for all arms, told apart by their features; otherwise each arm has its own model
    ///   of the context's features.
    @inline(__always)
    func estimate(
        _ context: BanditContext, shared: Bool, _ choices: ArmChoices, _ body: (Int, Double, Double) -> Void
    ) {
        if shared {
            for arm in choices {
                estimate(context.armFeatures[arm], models: CollectionOfOne(0)) { body(arm, $1, $2) }
            }
        } else {
            estimate(context.features, models: choices, body)
        }
    }

    /// The mean and the width, times `scale`, of every arm.
    func estimates(_ context: BanditContext, shared: Bool, count: Int, scale: Double = 1) -> [LinearEstimate]
    {
        var found = [LinearEstimate](repeating: LinearEstimate(mean: 0, width: 0), count: count)
        estimate(context, shared: shared, ArmChoices(count: count, listed: nil)) {
            found[$0] = LinearEstimate(mean: $1, width: scale * $2.squareRoot())
        }
        return found
    }

    /// Learns the reward of an arm.
    @inline(__always)
    mutating func learn(_ context: BanditContext, _ arm: Int, shared: Bool, _ reward: Double) {
        if shared {
            learn(context.armFeatures[arm], reward)
        } else {
            learn(context.features, reward, model: arm)
        }
    }
}
