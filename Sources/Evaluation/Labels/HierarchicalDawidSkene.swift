import Foundation

/// The default: a full confusion matrix per worker, whose prior is learned from all workers together.
///
/// Papers: "Bayesian Classifier Combination" (Kim, Ghahramani, 2012) for the Dirichlet rows, "The
/// Multidimensional Wisdom of Crowds" (Welinder et al., 2010) and "Community-Based Bayesian Aggregation
/// Models for Crowdsourcing" (Venanzi et al., 2014) for sharing between workers, "Estimating a Dirichlet
/// Distribution" (Minka, 2000) for the fixed point. Equations:
///
///     P(t_i = k) ∝ ρ_k Π_{v∈i} (π^{(j)}_{k l_v})^{w_v}
///     π^{(j)}_{kl} = (n^{(j)}_{kl} + α_{kl} + τ κ^{(j)}_{kl}) / Σ_l (…)
///     α_{kl} ← (α_{kl} Σ_j [ψ(n_{kl} + α_{kl}) − ψ(α_{kl})] + h σ_{kl})
///              / (Σ_j [ψ(n_{k·} + α_{k·}) − ψ(α_{k·})] + h)
///     ρ_k = (Σ_i P(t_i = k) + c q_k) / (N + c)
///
/// - α is the shared prior of the rows of class k: what workers in general answer when the truth is k, and
///   how alike they are. It is learned by empirical Bayes and held by h = `pooling` towards σ.
/// - σ is a symmetric prior (one number on the diagonal, one off it), learned the same way.
/// - κ^{(j)} is the worker's own accuracy over all classes laid out as a symmetric row; it counts τ = `coin`
///   votes, so that a row the worker hardly met borrows from the worker's other rows.
/// - c = `classStrength` · N holds the class prior at the votes' label shares q. Without it the estimated
///   class shares, and with them whole classes, drift away where tasks have few votes.
///
/// The fit has two parts. First α, σ and κ are learned along with the posteriors, from the vote shares on,
/// until these move by less than 1e-3 or for `priorIterations`. Then they are fixed, and EM on the posterior
/// mode runs until no posterior moves by `tolerance`; that part's objective (log posterior density) never
/// falls and is what the certificate shows. Where fewer than three workers voted, or no task has votes of
/// two, nothing is shared: α then stays at its start, K + 1 on the diagonal and 1 off it. The constants are
/// the same for all data. They were chosen on six real sets and thinned copies of them, where, changing one at
/// a time, mean accuracy was flat within about 0.2 points for `pooling` 1–30, `coin` 0–4 and `classStrength`
/// 0.3–3.
///
/// Shapes: posterior tasks × classes; confusion workers × classes × classes. Errors: `badSetting`,
/// `tooLarge`. Complexity: O(votes · classes + workers · classes²) per iteration; memory the same.
///
/// ```swift
/// let votes = try LabelVotes(
///     worker: [0, 1, 2, 0, 1, 2], task: [0, 0, 0, 1, 1, 1], label: [1, 1, 0, 0, 0, 0])
/// let consensus = try HierarchicalDawidSkene().fit(votes)
/// print(consensus.labels, consensus.workers[2].kind, consensus.certificate.identified)
/// ```
public struct HierarchicalDawidSkene: LabelModel {
    /// How strongly the learned rows α are held at the symmetric σ, counted in workers.
    public var pooling = 10.0
    /// How many votes a worker's own overall accuracy counts in each row.
    public var coin = 1.0
    /// Weight of the votes' own label shares in the class prior, as a multiple of the number of tasks.
    public var classStrength = 1.0
    /// Most iterations that still learn the shared prior.
    public var priorIterations = 100
    /// Most iterations after that.
    public var iterations = 500
    /// Stops when no posterior changes by more.
    public var tolerance = 1e-4

    /// The method with its default priors.
    public init() {}

    /// Estimates labels and reliability.
    public func fit(_ votes: LabelVotes) throws -> LabelConsensus {
        let name = "HierarchicalDawidSkene"
        try checkSetting(name, "pooling", pooling, above: 0, orEqual: true)
        try checkSetting(name, "coin", coin, above: 0, orEqual: true)
        try checkSetting(name, "classStrength", classStrength, above: 0)
        try checkSetting(name, "tolerance", tolerance, above: 0)
        try checkSetting(name, "priorIterations", Double(priorIterations), above: 1, orEqual: true)
        try checkSetting(name, "iterations", Double(iterations), above: 1, orEqual: true)
        try VoteTable.checkCells(votes)
        let table = VoteTable(votes)
        if table.isTrivial { return LabelConsensus(table, .trivial(table)) }
        let K = table.classes
        var em = ConfusionEM(table)
        let classPseudo = table.labelShares().map { $0 * classStrength * Double(table.votedTasks) }
        var prior = SharedPrior(table)
        var fit = RawFit(posterior: [], confusion: [], rowStrength: [], classPrior: [], converged: false)

        let shared = table.votedWorkers >= 3 && table.sharedTasks() > 0
        if !shared { prior.setAccuracy(em.counts, table) }
        var learning = 0
        while shared && learning < priorIterations {
            prior.update(counts: em.counts, table: table, pooling: pooling)
            _ = em.setPrior(classPseudo)
            _ = prior.setConfusion(&em, coin: coin)
            learning += 1
            if em.expectation().change < 1e-3 { break }
        }
        for _ in 0..<iterations {
            var penalty = em.setPrior(classPseudo)
            penalty += prior.setConfusion(&em, coin: coin)
            let (change, likelihood) = em.expectation()
            fit.objective.append(likelihood + penalty)
            fit.gap = change
            if change < tolerance {
                fit.converged = true
                break
            }
        }
        fit.iterations = learning + fit.objective.count
        fit.posterior = em.posterior
        fit.confusion = em.confusion()
        fit.rowStrength = (0..<K).map { prior.strength($0) + coin }
        fit.classPrior = em.logPrior.map { exp($0) }
        return LabelConsensus(table, fit)
    }
}

/// The prior all workers share: α, the symmetric σ and each worker's own accuracy.
private struct SharedPrior {
    let classes: Int
    /// α[l][k], true class last as in `ConfusionEM`.
    var rows: [Double]
    /// σ: on the diagonal and off it.
    var own: Double
    var other: Double
    /// Each worker's accuracy over all classes.
    var accuracy: [Double]
    private var sums: [Double]

    init(_ table: VoteTable) {
        let K = table.classes
        classes = K
        own = Double(K) + 1
        other = 1
        rows = [Double](repeating: 1, count: K * K)
        for k in 0..<K { rows[k * K + k] = own }
        accuracy = [Double](repeating: 0, count: table.workers)
        sums = [Double](repeating: 0, count: K * K)
    }

    func strength(_ k: Int) -> Double {
        var s = 0.0
        for l in 0..<classes { s += rows[l * classes + k] }
        return s
    }

    /// One fixed-point step of α and σ, and the workers' accuracies.
    mutating func update(counts: [Double], table: VoteTable, pooling: Double) {
        let K = classes
        let J = table.workers
        let symmetric = own + Double(K - 1) * other
        let psiOwn = LabelMath.digamma(own)
        let psiOther = LabelMath.digamma(other)
        let psiSymmetric = LabelMath.digamma(symmetric)
        var ownSum = 0.0
        var otherSum = 0.0
        var symmetricSum = 0.0
        var rowSum = [Double](repeating: 0, count: K)
        var rowStrength = rowSum
        var psiStrength = rowSum
        for k in 0..<K {
            rowStrength[k] = strength(k)
            psiStrength[k] = LabelMath.digamma(rowStrength[k])
        }
        let psiRows = rows.map { LabelMath.digamma($0) }
        for c in 0..<(K * K) { sums[c] = 0 }
        counts.withUnsafeBufferPointer { counts in
            for j in 0..<J where table.workerWeight[j] > 0 {
                let base = j * K * K
                for k in 0..<K {
                    var total = 0.0
                    for l in 0..<K {
                        let c = l * K + k
                        let n = counts[base + c]
                        total += n
                        if n < 1e-12 { continue }
                        sums[c] += LabelMath.digamma(n + rows[c]) - psiRows[c]
                        if k == l {
                            ownSum += LabelMath.digamma(n + own) - psiOwn
                        } else {
                            otherSum += LabelMath.digamma(n + other) - psiOther
                        }
                    }
                    if total < 1e-12 { continue }
                    rowSum[k] += LabelMath.digamma(total + rowStrength[k]) - psiStrength[k]
                    symmetricSum += LabelMath.digamma(total + symmetric) - psiSymmetric
                }
            }
        }
        // σ has a Gamma prior of one pseudo-observation at rate ½ on each of its two sums.
        own = (own * ownSum + 1) / (symmetricSum + 0.5)
        other = (other * otherSum + 1) / (symmetricSum + 0.5) / Double(K - 1)
        for k in 0..<K {
            for l in 0..<K {
                let c = l * K + k
                let target = k == l ? own : other
                let top = rows[c] * sums[c] + pooling * target
                rows[c] = max(top / max(rowSum[k] + pooling, 1e-12), 1e-6)
            }
        }
        setAccuracy(counts, table)
    }

    /// Each worker's accuracy over all classes, held towards σ.
    mutating func setAccuracy(_ counts: [Double], _ table: VoteTable) {
        let K = classes
        for j in 0..<table.workers {
            var right = own
            for k in 0..<K { right += counts[j * K * K + k * K + k] }
            accuracy[j] = right / (table.workerWeight[j] + own + Double(K - 1) * other)
        }
    }

    /// Sets the workers' log confusion matrices; returns Σ pseudo-votes · log π.
    func setConfusion(_ em: inout ConfusionEM, coin: Double) -> Double {
        let K = classes
        var penalty = 0.0
        let strengths = (0..<K).map { strength($0) + coin }
        em.counts.withUnsafeBufferPointer { counts in
            em.logConfusion.withUnsafeMutableBufferPointer { logConfusion in
                for j in 0..<accuracy.count {
                    let base = j * K * K
                    let off = (1 - accuracy[j]) / Double(K - 1)
                    for k in 0..<K {
                        var row = strengths[k]
                        for l in 0..<K { row += counts[base + l * K + k] }
                        for l in 0..<K {
                            let c = l * K + k
                            let pseudo = rows[c] + coin * (k == l ? accuracy[j] : off)
                            let value = log((counts[base + c] + pseudo) / row)
                            logConfusion[base + c] = value
                            penalty += pseudo * value
                        }
                    }
                }
            }
        }
        return penalty
    }
}
