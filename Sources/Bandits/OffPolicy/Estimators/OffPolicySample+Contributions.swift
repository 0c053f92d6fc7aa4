import Kernels

/// What the estimators are made of.
extension OffPolicySample {
    /// π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ) of every row.
    func weights() -> [Double] { eachRow { $0.weight($1) } }

    /// rᵢ − q̂(xᵢ, aᵢ) of every row.
    func residuals() -> [Double] { eachRow { $0.residual($1) } }

    /// ŵ(wᵢ)·rᵢ of every row.
    @inline(__always)
    func weighted(_ shrink: (Double) -> Double) -> [Double] {
        eachRow { shrink($0.weight($1)) * $0.reward[$1] }
    }

    /// q̂(xᵢ, π) of every row.
    ///
    /// - Throws: `BanditError.data` where the sample has no predictions.
    func modelValues(_ id: String) throws(BanditError) -> [Double] {
        try requirePredictions(id)
        return eachRow { $0.modelValue($1) }
    }

    /// q̂(xᵢ, π) + ŵ(wᵢ)·(rᵢ − q̂(xᵢ, aᵢ)) of every row.
    ///
    /// - Throws: `BanditError.data` where the sample has no predictions.
    @inline(__always)
    func corrected(_ id: String, _ shrink: (Double) -> Double) throws(BanditError) -> [Double] {
        try requirePredictions(id)
        return eachRow { $0.modelValue($1) + shrink($0.weight($1)) * $0.residual($1) }
    }

    /// Makes sure that the sample has predictions.
    func requirePredictions(_ id: String) throws(BanditError) {
        guard !predicted.isEmpty else {
            throw .data("\(id) needs the expected reward of every action by a model, and the sample has none")
        }
    }

    /// Σ w·y / Σ w of some outcomes y, and w·(y − that)/w̄ of every row.
    ///
    /// - Throws: `BanditError.data` where all weights are zero.
    func selfNormalized(_ id: String, _ outcomes: [Double]) throws(BanditError) -> (Double, [Double]) {
        let weights = weights()
        var total = 0.0, sum = 0.0
        for (weight, outcome) in zip(weights, outcomes) {
            total += weight
            sum += weight * outcome
        }
        guard total > 0 else {
            throw .data(
                "\(id) has nothing to average: the policy would have taken none of the actions of the log")
        }
        let ratio = sum / total, scale = Double(count) / total
        var influence = weights
        for i in influence.indices { influence[i] *= (outcomes[i] - ratio) * scale }
        return (ratio, influence)
    }
}

extension ValueEstimate {
    /// The mean of what the rows contribute.
    init(_ id: String, _ contributions: [Double]) {
        self.init(estimator: id, value: Statistics.mean(contributions), contributions: contributions)
    }
}
