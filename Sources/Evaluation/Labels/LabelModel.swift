/// A method that turns votes of many workers into one belief per task and one judgement per worker.
///
/// ```swift
/// let votes = try LabelVotes(worker: [0, 1, 2], task: [0, 0, 0], label: [1, 1, 0])
/// let model: any LabelModel = HierarchicalDawidSkene()
/// print(try model.fit(votes).labels)
/// ```
public protocol LabelModel: Sendable {
    /// Estimates the true labels and the workers' reliability. Equal votes give equal results, bit for bit.
    func fit(_ votes: LabelVotes) throws -> LabelConsensus
}
