extension DecisionLog {
    /// The log with decisions that nothing came back for counted as if this had.
    public func replacingMissingRewards(by value: Double) -> DecisionLog {
        var log = self
        log.reward = reward.map { $0.isNaN ? value : $0 }
        return log
    }
}
