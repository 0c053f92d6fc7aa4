import Kernels

/// What the estimators are made of.
extension OffPolicySample {
    /// π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ) of every row.
    func weights() -> [Double] { (0..<count).map(weight) }

    /// ŵ(wᵢ)·rᵢ of every row.
    @inline(__always)
    func weighted(_ shrink: (Double) -> Double) -> [Double] {
        var rows = [Double](repeating: 0, count: count)
        for i in rows.indices { rows[i] = shrink(weight(i)) * reward[i] }
        return rows
    }

    /// q̂(xᵢ, π) = Σₐ π(a|xᵢ)·q̂(xᵢ, a) of every row.
    ///
    /// - Throws: `BanditError.data` where the sample has no predictions.
    func modelValues(_ id: String) throws(BanditError) -> [Double] {
        guard !predicted.isEmpty else {
            throw .data("\(id) needs the expected reward of every action by a model, and the sample has none")
        }
        let k = actionCount
        var rows = [Double](repeating: 0, count: count)
        target.withUnsafeBytes { p in
            predicted.withUnsafeBytes { q in
                for i in rows.indices {
                    var at = i * k, sums = SIMD4<Double>()
                    let end = at + k
                    while at + 4 <= end {
                        let offset = at * 8
                        sums +=
                            p.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
                            * q.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
                        at += 4
                    }
                    var sum = sums.sum()
                    while at < end {
                        sum +=
                            p.load(fromByteOffset: at * 8, as: Double.self)
                            * q.load(fromByteOffset: at * 8, as: Double.self)
                        at += 1
                    }
                    rows[i] = sum
                }
            }
        }
        return rows
    }

    /// rᵢ − q̂(xᵢ, aᵢ).
    @inline(__always)
    func residual(_ row: Int) -> Double { reward[row] - predicted[row * actionCount + Int(action[row])] }

    /// q̂(xᵢ, π) + ŵ(wᵢ)·(rᵢ − q̂(xᵢ, aᵢ)) of every row.
    @inline(__always)
    func corrected(_ id: String, _ shrink: (Double) -> Double) throws(BanditError) -> [Double] {
        var rows = try modelValues(id)
        for i in rows.indices { rows[i] += shrink(weight(i)) * residual(i) }
        return rows
    }

    /// Σ w·y / Σ w, and w·(y − that)/w̄ of every row.
    ///
    /// - Throws: `BanditError.data` where all weights are zero.
    func selfNormalized(_ id: String, _ outcome: (Int) -> Double) throws(BanditError) -> (Double, [Double]) {
        let w = weights()
        var total = 0.0, sum = 0.0
        for i in w.indices {
            total += w[i]
            sum += w[i] * outcome(i)
        }
        guard total > 0 else {
            throw .data(
                "\(id) has nothing to average: the policy would have taken none of the actions of the log")
        }
        let ratio = sum / total, mean = total / Double(w.count)
        return (ratio, w.indices.map { w[$0] * (outcome($0) - ratio) / mean })
    }
}

extension ValueEstimate {
    /// The mean of what the rows contribute.
    init(_ id: String, _ contributions: [Double]) {
        self.init(estimator: id, value: Statistics.mean(contributions), contributions: contributions)
    }
}
