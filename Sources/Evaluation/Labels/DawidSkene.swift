import Foundation

/// Gives each worker a full confusion matrix with a fixed, mildly truthful prior.
///
/// Paper: "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm" (Dawid, Skene,
/// 1979), here by EM on the posterior mode, because the plain likelihood is flat where a worker never met a
/// class:
///
///     P(t_i = k) ∝ ρ_k Π_{v∈i} (π^{(j)}_{k l_v})^{w_v}
///     π^{(j)}_{kl} = (n^{(j)}_{kl} + s + d [k = l]) / Σ_l (n^{(j)}_{kl} + s + d [k = l])
///     ρ_k = (Σ_i P(t_i = k) + c q_k) / (N + c)
///
/// with s = `smoothing`, d = `diagonal`, q the votes' label shares, N the tasks with votes and
/// c = `classStrength` · N. It starts at the vote shares and runs until no posterior moves.
///
/// Shapes: posterior tasks × classes; confusion workers × classes × classes. Errors: `badSetting`,
/// `tooLarge`. Complexity: O(votes · classes + workers · classes²) per iteration. The objective (log
/// posterior density) never falls.
///
/// ```swift
/// let votes = try LabelVotes(
///     worker: [0, 1, 2, 0, 1, 2], task: [0, 0, 0, 1, 1, 1], label: [1, 1, 0, 0, 0, 0])
/// let consensus = try DawidSkene().fit(votes)
/// ```
public struct DawidSkene: LabelModel {
    /// Pseudo-votes in every cell of each confusion matrix.
    public var smoothing = 0.1
    /// Further pseudo-votes on the diagonal.
    public var diagonal = 0.5
    /// Weight of the votes' own label shares in the class prior, as a multiple of the number of tasks.
    public var classStrength = 1.0
    /// Most iterations.
    public var iterations = 1000
    /// Stops when no posterior changes by more.
    public var tolerance = 1e-4

    /// Smoothed Dawid–Skene with the default priors.
    public init() {}

    /// Estimates labels and reliability.
    public func fit(_ votes: LabelVotes) throws -> LabelConsensus {
        try checkSetting("DawidSkene", "smoothing", smoothing, above: 0)
        try checkSetting("DawidSkene", "diagonal", diagonal, above: 0, orEqual: true)
        try checkSetting("DawidSkene", "classStrength", classStrength, above: 0)
        try checkSetting("DawidSkene", "tolerance", tolerance, above: 0)
        try checkSetting("DawidSkene", "iterations", Double(iterations), above: 1, orEqual: true)
        try VoteTable.checkCells(votes)
        let table = VoteTable(votes)
        if table.isTrivial { return LabelConsensus(table, .trivial(table)) }
        let K = table.classes
        var em = ConfusionEM(table)
        let classPseudo = table.labelShares().map { $0 * classStrength * Double(table.votedTasks) }
        var fit = RawFit(posterior: [], confusion: [], rowStrength: [], classPrior: [], converged: false)
        let rowStrength = smoothing * Double(K) + diagonal
        for _ in 0..<iterations {
            var penalty = em.setPrior(classPseudo)
            for j in 0..<table.workers {
                for k in 0..<K {
                    var row = rowStrength
                    for l in 0..<K { row += em.counts[(j * K + l) * K + k] }
                    for l in 0..<K {
                        let at = (j * K + l) * K + k
                        let pseudo = smoothing + (k == l ? diagonal : 0)
                        let value = log((em.counts[at] + pseudo) / row)
                        em.logConfusion[at] = value
                        penalty += pseudo * value
                    }
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
        fit.rowStrength = [Double](repeating: rowStrength, count: K)
        fit.classPrior = em.logPrior.map { exp($0) }
        return LabelConsensus(table, fit)
    }
}
