/// Numeric votes in columns: entry `v` says that judge `judge[v]` gave task `task[v]` the number `value[v]`.
///
/// Shapes: all columns have one entry per vote. Errors: `LabelError` for unequal columns, indices out of
/// range, values that are not finite and unusable weights.
///
/// ```swift
/// let votes = try NumericVotes(judge: [0, 1, 0, 1], task: [0, 0, 1, 1], value: [10, 14, 60, 66])
/// ```
public struct NumericVotes: Sendable {
    /// Number of judges.
    public let judgeCount: Int
    /// Number of tasks.
    public let taskCount: Int
    /// The judge of each vote.
    public let judge: [UInt32]
    /// The task of each vote.
    public let task: [UInt32]
    /// The number given.
    public let value: [Double]
    /// The weight of each vote, or nil where every vote counts 1.
    public let weights: [Double]?

    /// Checks and stores the votes. Counts left out are taken as the largest index plus one.
    public init(
        judgeCount: Int? = nil, taskCount: Int? = nil, judge: [UInt32], task: [UInt32], value: [Double],
        weights: [Double]? = nil
    ) throws {
        let n = judge.count
        guard task.count == n else {
            throw LabelError.lengthMismatch(column: "task", count: task.count, expected: n)
        }
        guard value.count == n else {
            throw LabelError.lengthMismatch(column: "value", count: value.count, expected: n)
        }
        if let bad = value.firstIndex(where: { !$0.isFinite }) {
            throw LabelError.badValue(position: bad, value: value[bad])
        }
        if let weights {
            guard weights.count == n else {
                throw LabelError.lengthMismatch(column: "weights", count: weights.count, expected: n)
            }
            if let bad = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
                throw LabelError.badWeight(position: bad, value: weights[bad])
            }
        }
        self.judgeCount = try LabelVotes.checked("judge", judge, judgeCount)
        self.taskCount = try LabelVotes.checked("task", task, taskCount)
        self.judge = judge
        self.task = task
        self.value = value
        self.weights = weights
    }
}

/// How one judge uses the scale: vote = mean + bias + scale · (truth − mean) + noise.
public struct NumericJudge: Sendable, Equatable {
    /// How much higher than the truth the judge answers at the mean.
    public let bias: Double
    /// How much the judge stretches (above 1) or squeezes (below 1) differences; negative when reversed.
    public let scale: Double
    /// Standard deviation of the judge's noise.
    public let deviation: Double
    /// Total weight of the judge's votes.
    public let votes: Double
}

/// The result of `NumericConsensus`.
public struct NumericEstimate: Sendable, Equatable {
    /// The estimated truth of each task; a task without votes gets the mean.
    public let value: [Double]
    /// Posterior standard deviation of each task's truth, judges taken as known.
    public let deviation: [Double]
    /// One entry per judge.
    public let judges: [NumericJudge]
    /// Mean of the truths.
    public let mean: Double
    /// Standard deviation of the truths.
    public let spread: Double
    /// How far the fit can be trusted; its gap is the largest change of a value in units of `spread`.
    public let certificate: LabelCertificate
}

/// Joins numbers from several judges while learning each judge's bias, scale and noise.
///
/// Paper: "Learning From Crowds" (Raykar et al., 2010), its model of numeric votes, with bias, scale and
/// shrinkage added. Equations, by EM:
///
///     y_ij = μ + b_j + s_j (z_i − μ) + ε,  ε ~ N(0, σ_j²)
///     z_i ~ N(μ, θ²),  b_j ~ N(0, r σ₀²),  s_j ~ N(1, u),  σ_j² = (Σ_v w e² + ν σ₀²) / (Σ_v w + ν)
///
/// with r = `biasVariance`, u = `scaleVariance`, ν = `noiseVotes`, σ₀² the noise over all votes and e² the
/// expected squared residual, the uncertainty of z, b and s included. The shrinkage is strong on purpose:
/// with few judges per task a judge who happens to lie near the mean would otherwise win all the weight.
///
/// Shapes: value tasks; judges judges. Errors: `badSetting`. Complexity: O(votes) per iteration.
///
/// ```swift
/// let votes = try NumericVotes(judge: [0, 1, 0, 1], task: [0, 0, 1, 1], value: [10, 14, 60, 66])
/// let values = try NumericConsensus().fit(votes).value
/// ```
public struct NumericConsensus: Sendable {
    /// Prior variance of a judge's bias, as a multiple of the noise variance.
    public var biasVariance = 0.05
    /// Prior variance of a judge's scale around 1.
    public var scaleVariance = 0.02
    /// How many votes the common noise counts in each judge's own.
    public var noiseVotes = 30.0
    /// Most iterations.
    public var iterations = 1000
    /// Stops when no value changes by more, in units of the spread of the truths.
    public var tolerance = 1e-6

    /// The method with its default priors.
    public init() {}

    /// Estimates the truths and the judges.
    public func fit(_ votes: NumericVotes) throws -> NumericEstimate {
        let name = "NumericConsensus"
        try checkSetting(name, "biasVariance", biasVariance, above: 0)
        try checkSetting(name, "scaleVariance", scaleVariance, above: 0)
        try checkSetting(name, "noiseVotes", noiseVotes, above: 0)
        try checkSetting(name, "tolerance", tolerance, above: 0)
        try checkSetting(name, "iterations", Double(iterations), above: 1, orEqual: true)
        let I = votes.taskCount
        let J = votes.judgeCount
        // Sorted by (task, judge, value), so that the order of the votes cannot change the result.
        let order = (0..<votes.value.count).filter { (votes.weights?[$0] ?? 1) > 0 }.sorted { a, b in
            if votes.task[a] != votes.task[b] { return votes.task[a] < votes.task[b] }
            if votes.judge[a] != votes.judge[b] { return votes.judge[a] < votes.judge[b] }
            return votes.value[a] < votes.value[b]
        }
        let task = order.map { Int(votes.task[$0]) }
        let judge = order.map { Int(votes.judge[$0]) }
        let weight = order.map { votes.weights?[$0] ?? 1 }
        let V = order.count
        var taskWeight = [Double](repeating: 0, count: I)
        var judgeWeight = [Double](repeating: 0, count: J)
        // Brought to mean 0 and variance 1, so that neither the unit nor huge numbers matter.
        let total = weight.reduce(0, +)
        let magnitude = order.reduce(0.0) { max($0, abs(votes.value[$1])) }
        let shrink = magnitude > 0 ? 1 / magnitude : 1
        var centre = 0.0
        for v in 0..<V { centre += weight[v] * (votes.value[order[v]] * shrink) }
        centre = total > 0 ? centre / total : 0
        var variance = 0.0
        for v in 0..<V {
            let d = votes.value[order[v]] * shrink - centre
            variance += weight[v] * d * d
        }
        variance = total > 0 ? variance / total : 0
        var mean = [Double](repeating: 0, count: I)
        if variance < 1e-24 {
            for v in 0..<V { judgeWeight[judge[v]] += weight[v] }
            return NumericEstimate(
                value: mean.map { _ in centre / shrink }, deviation: mean,
                judges: judgeWeight.map { NumericJudge(bias: 0, scale: 1, deviation: 0, votes: $0) },
                mean: centre / shrink, spread: 0,
                certificate: LabelCertificate(
                    converged: true, iterations: 0, gap: 0, objective: [], identified: false,
                    reasons: [
                        V == 0 ? "There are no votes." : "All votes are equal: judges cannot be told apart."
                    ]))
        }
        let unit = variance.squareRoot()
        let y = order.map { (votes.value[$0] * shrink - centre) / unit }
        for v in 0..<V {
            taskWeight[task[v]] += weight[v]
            judgeWeight[judge[v]] += weight[v]
            mean[task[v]] += weight[v] * y[v]
        }
        var voted = 0
        var overlap = 0
        for v in 0..<V where v == 0 || task[v] != task[v - 1] {
            voted += 1
            var u = v
            while u + 1 < V && task[u + 1] == task[v] { u += 1 }
            if judge[u] != judge[v] { overlap += 1 }
        }
        for i in 0..<I where taskWeight[i] > 0 { mean[i] /= taskWeight[i] }
        var rest = 0.0
        for v in 0..<V { rest += weight[v] * (y[v] - mean[task[v]]) * (y[v] - mean[task[v]]) }
        let floor = 1e-9
        var noise = max(rest / max(total - Double(voted), 1), floor)
        var mu = 0.0
        var between = 0.0
        for i in 0..<I where taskWeight[i] > 0 { between += mean[i] * mean[i] }
        between /= Double(voted)
        var theta = max(between - noise * Double(voted) / total, 0.05)
        let biasPrior = noise * biasVariance

        var spread = [Double](repeating: 0, count: I)
        var bias = [Double](repeating: 0, count: J)
        var scale = [Double](repeating: 1, count: J)
        var own = [Double](repeating: noise, count: J)
        var biasSpread = bias
        var scaleSpread = bias
        var sums = [Double](repeating: 0, count: J * 5)
        var converged = false
        var gap = 0.0
        var iteration = 0
        while iteration < iterations {
            iteration += 1
            // Tasks.
            gap = 0
            var v = 0
            while v < V {
                let i = task[v]
                var precision = 1 / theta
                var pull = mu / theta
                while v < V && task[v] == i {
                    let j = judge[v]
                    let p = weight[v] / own[j]
                    precision += p * scale[j] * scale[j]
                    pull += p * scale[j] * (y[v] - mu - bias[j] + scale[j] * mu)
                    v += 1
                }
                let next = pull / precision
                gap = max(gap, abs(next - mean[i]))
                mean[i] = next
                spread[i] = 1 / precision
            }
            gap /= theta.squareRoot()
            // Judges: a ridge regression of the votes on the truths, centred at μ.
            for c in 0..<sums.count { sums[c] = 0 }
            for v in 0..<V {
                let z = mean[task[v]] - mu
                let d = y[v] - mu
                let at = judge[v] * 5
                let w = weight[v]
                sums[at] += w
                sums[at + 1] += w * z
                sums[at + 2] += w * (z * z + spread[task[v]])
                sums[at + 3] += w * d
                sums[at + 4] += w * d * z
            }
            for j in 0..<J where judgeWeight[j] > 0 {
                let p = 1 / own[j]
                let s0 = sums[j * 5] * p + 1 / biasPrior
                let s1 = sums[j * 5 + 1] * p
                let s2 = sums[j * 5 + 2] * p + 1 / scaleVariance
                let r0 = sums[j * 5 + 3] * p
                let r1 = sums[j * 5 + 4] * p + 1 / scaleVariance
                let determinant = s0 * s2 - s1 * s1
                bias[j] = (s2 * r0 - s1 * r1) / determinant
                scale[j] = (s0 * r1 - s1 * r0) / determinant
                biasSpread[j] = s2 / determinant
                scaleSpread[j] = s0 / determinant
                sums[j * 5] = 0
            }
            for v in 0..<V {
                let j = judge[v]
                let z = mean[task[v]] - mu
                let e = y[v] - mu - bias[j] - scale[j] * z
                let square =
                    e * e + scale[j] * scale[j] * spread[task[v]] + biasSpread[j] + scaleSpread[j] * z * z
                sums[j * 5] += weight[v] * square
            }
            var all = 0.0
            for j in 0..<J where judgeWeight[j] > 0 {
                own[j] = max((sums[j * 5] + noiseVotes * noise) / (judgeWeight[j] + noiseVotes), floor)
                all += sums[j * 5]
            }
            noise = max(all / total, floor)
            mu = 0
            for i in 0..<I where taskWeight[i] > 0 { mu += mean[i] }
            mu /= Double(voted)
            theta = 0
            for i in 0..<I where taskWeight[i] > 0 {
                theta += (mean[i] - mu) * (mean[i] - mu) + spread[i]
            }
            theta = max(theta / Double(voted), floor)
            // The first steps move little when the judges still look alike: they do not count as a
            // standstill.
            if iteration > 6 && gap < tolerance {
                converged = true
                break
            }
        }
        var reasons: [String] = []
        if overlap == 0 { reasons.append("No task has votes of two judges: bias and noise cannot be seen.") }
        if voted < 2 { reasons.append("Only one task has votes: scale cannot be seen.") }
        let back = unit / shrink
        return NumericEstimate(
            value: (0..<I).map { ((taskWeight[$0] > 0 ? mean[$0] : mu) * unit + centre) / shrink },
            deviation: (0..<I).map { (taskWeight[$0] > 0 ? spread[$0] : theta).squareRoot() * back },
            judges: (0..<J).map {
                NumericJudge(
                    bias: bias[$0] * back, scale: scale[$0], deviation: own[$0].squareRoot() * back,
                    votes: judgeWeight[$0])
            },
            mean: (mu * unit + centre) / shrink, spread: theta.squareRoot() * back,
            certificate: LabelCertificate(
                converged: converged, iterations: iteration, gap: gap, objective: [],
                identified: reasons.isEmpty, reasons: reasons))
    }
}
