/// Takes each task's most frequent label, every worker counting the same.
///
/// Paper: "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm" (Dawid, Skene, 1979)
/// starts from it. Equation: P(t_i = k) = Σ_{v∈i} w_v [l_v = k] / Σ_{v∈i} w_v. Workers are then
/// judged against those shares, their own vote included, with `smoothing` pseudo-votes per cell.
///
/// Shapes: posterior tasks × classes. Errors: `badSetting` for a `smoothing` that is not above 0, `tooLarge`.
/// Complexity: O(votes · classes). Ties go to the lowest label.
///
/// ```swift
/// let votes = try LabelVotes(worker: [0, 1, 2], task: [0, 0, 0], label: [1, 1, 0])
/// let label = try MajorityVote().fit(votes).labels[0]  // 1
/// ```
public struct MajorityVote: LabelModel {
    /// Pseudo-votes in each cell of a worker's confusion matrix.
    public var smoothing = 0.1

    /// Majority vote with the default smoothing of the workers' matrices.
    public init() {}

    /// Estimates labels and reliability.
    public func fit(_ votes: LabelVotes) throws -> LabelConsensus {
        try checkSetting("MajorityVote", "smoothing", smoothing, above: 0)
        try VoteTable.checkCells(votes)
        let table = VoteTable(votes)
        if table.isTrivial { return LabelConsensus(table, .trivial(table)) }
        let K = table.classes
        var em = ConfusionEM(table)
        let rowStrength = [Double](repeating: smoothing * Double(K), count: K)
        var confusion = [Double](repeating: 0, count: em.counts.count)
        for j in 0..<table.workers {
            for k in 0..<K {
                var row = rowStrength[k]
                for l in 0..<K { row += em.counts[(j * K + l) * K + k] }
                for l in 0..<K {
                    confusion[(j * K + k) * K + l] = (em.counts[(j * K + l) * K + k] + smoothing) / row
                }
            }
        }
        let share = em.mass.map { $0 / Double(table.votedTasks) }
        for i in 0..<table.tasks where table.start[i] == table.start[i + 1] {
            for k in 0..<K { em.posterior[i * K + k] = share[k] }
        }
        let fit = RawFit(
            posterior: em.posterior, confusion: confusion, rowStrength: rowStrength, classPrior: share,
            iterations: 1)
        return LabelConsensus(table, fit)
    }
}
