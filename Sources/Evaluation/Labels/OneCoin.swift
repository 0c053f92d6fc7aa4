import Foundation

/// Gives each worker one accuracy: right with probability p_j, else any wrong label alike.
///
/// Paper: "Error Rate Bounds and Iterative Weighted Majority Voting for Crowdsourcing" (Li, Yu, 2014), there
/// "homogeneous Dawid–Skene". Equation, by EM on the posterior mode:
///
///     P(l_v = l | t_i = k) = p_j [l = k] + (1 − p_j)/(K − 1) [l ≠ k]
///     p_j = (Σ_v w_v P(t_i = l_v) + a) / (Σ_v w_v + a + b)
///     ρ_k = (Σ_i P(t_i = k) + c q_k) / (N + c)
///
/// with a = `right` and b = `wrong` pseudo-votes, q the votes' label shares, N the tasks with votes and c =
/// `classStrength` · N. The anchored class prior keeps it from losing to the majority on unbalanced labels by
/// drifting into one class. A model this small is safe with few votes per worker, and wrong where workers
/// confuse particular classes.
///
/// Shapes: posterior tasks × classes. Errors: `badSetting`, `tooLarge`. Complexity: O(votes · classes) per
/// iteration. The objective (log posterior density) never falls.
///
/// ```swift
/// let votes = try LabelVotes(
///     worker: [0, 1, 2, 0, 1, 2], task: [0, 0, 0, 1, 1, 1], label: [1, 1, 0, 0, 0, 0])
/// let accuracy = try OneCoin().fit(votes).workers[2].accuracy
/// ```
public struct OneCoin: LabelModel {
    /// Pseudo-votes that are right, per worker.
    public var right = 2.0
    /// Pseudo-votes that are wrong, per worker.
    public var wrong = 1.0
    /// Weight of the votes' own label shares in the class prior, as a multiple of the number of tasks.
    public var classStrength = 1.0
    /// Most iterations.
    public var iterations = 1000
    /// Stops when no posterior changes by more.
    public var tolerance = 1e-4

    /// One coin per worker with the default priors.
    public init() {}

    /// Estimates labels and reliability.
    public func fit(_ votes: LabelVotes) throws -> LabelConsensus {
        try checkSetting("OneCoin", "right", right, above: 0)
        try checkSetting("OneCoin", "wrong", wrong, above: 0)
        try checkSetting("OneCoin", "classStrength", classStrength, above: 0)
        try checkSetting("OneCoin", "tolerance", tolerance, above: 0)
        try checkSetting("OneCoin", "iterations", Double(iterations), above: 1, orEqual: true)
        try VoteTable.checkCells(votes)
        let table = VoteTable(votes)
        if table.isTrivial { return LabelConsensus(table, .trivial(table)) }
        let K = table.classes
        var em = ConfusionEM(table)
        let pseudo = table.labelShares().map { $0 * classStrength * Double(table.votedTasks) }
        var fit = RawFit(posterior: [], confusion: [], rowStrength: [], classPrior: [], converged: false)
        for _ in 0..<iterations {
            var penalty = em.setPrior(pseudo)
            for j in 0..<table.workers {
                var agreed = 0.0
                for k in 0..<K { agreed += em.counts[(j * K + k) * K + k] }
                let m = table.workerWeight[j]
                let p = (min(agreed, m) + right) / (m + right + wrong)
                let own = log(p)
                let other = log1p(-p) - log(Double(K - 1))
                penalty += right * own + wrong * other
                for l in 0..<K {
                    for k in 0..<K { em.logConfusion[(j * K + l) * K + k] = k == l ? own : other }
                }
            }
            let (change, likelihood) = em.expectation()
            fit.objective.append(likelihood + penalty)
            fit.gap = change
            if change < tolerance {
                fit.converged = true
                break
            }
        }
        fit.iterations = fit.objective.count
        fit.posterior = em.posterior
        fit.confusion = em.confusion()
        // One accuracy is learned from all rows, so each row stands on the whole record, prior included.
        fit.rowStrength = [Double](repeating: right + wrong, count: K)
        fit.classPrior = em.logPrior.map { exp($0) }
        return LabelConsensus(table, fit)
    }
}
