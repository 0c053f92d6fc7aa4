/// What a linear model says about an arm.
public struct LinearEstimate: Sendable, Hashable, Codable {
    /// The predicted value xᵀθ̂.
    public var mean: Double
    /// How little is known about it: √(xᵀV⁻¹x), times the noise a standard deviation.
    public var width: Double

    /// Creates an estimate.
    public init(mean: Double, width: Double) {
        self.mean = mean
        self.width = width
    }
}

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
}
