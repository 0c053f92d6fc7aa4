/// The loss of comparisons on three levels: of answers, of prompts for one answer, and of how far answers lead.
///
/// Source: Sun, Cai, Zhu et al., "Multi-Level Aware Preference Learning: Enhancing RLHF for Complex Multi-Instruction Tasks"
/// (2025); the form of the third part is inferred from its description.
///
///     L = mean ℓ(r(x, y⁺) − r(x, y⁻)) + a · mean ℓ(r(x⁺, y) − r(x⁻, y)) + b · mean ℓ(m(x′) − m(x″)),   ℓ(d) = −log σ(d)
///
/// with m(x) = r(x, y⁺) − r(x, y⁻). It is a function of differences, so that it works for any r; for a policy in place of a
/// reward, r = β log(π(y|x)/π₀(y|x)). The second part does not see what depends on y alone, the third neither that nor what
/// depends on x alone.
///
/// ```swift
/// let (value, slopes) = MultiLevelLoss()(base: [0.3, -0.1], intra: [1.2], inter: [0.4])
/// ```
public struct MultiLevelLoss: Sendable, Hashable, Codable {
    /// a, the weight of one answer under two prompts.
    public var intraWeight: Double
    /// b, the weight of leads against leads.
    public var interWeight: Double

    /// Creates the loss; weights of 0.1 to 1 trade obeying instructions for agreeing with the comparisons.
    public init(intraWeight: Double = 1, interWeight: Double = 1) {
        precondition(intraWeight >= 0 && interWeight >= 0, "weights of losses are not negative")
        self.intraWeight = intraWeight
        self.interWeight = interWeight
    }

    /// L and its derivatives in the differences.
    public func callAsFunction(
        base: [Double], intra: [Double], inter: [Double]
    ) -> (value: Double, slopes: (base: [Double], intra: [Double], inter: [Double])) {
        let loss = LogisticLoss()
        func part(_ differences: [Double], _ weight: Double) -> (Double, [Double]) {
            let scale = weight / Double(max(1, differences.count))
            return (
                differences.reduce(0) { $0 + scale * loss.value($1, label: 1) },
                differences.map { scale * loss.slope($0, label: 1) }
            )
        }
        let parts = [part(base, 1), part(intra, intraWeight), part(inter, interWeight)]
        return (parts[0].0 + parts[1].0 + parts[2].0, (parts[0].1, parts[1].1, parts[2].1))
    }
}
