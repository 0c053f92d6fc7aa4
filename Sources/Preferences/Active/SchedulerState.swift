import Signals

extension ComparisonScheduler {
    /// What a scheduler needs to go on another day: the votes added up by pair, and the position of the seed.
    public struct State: Sendable, Hashable, Codable {
        var items: [String]
        var left: [UInt32]
        var right: [UInt32]
        var home: [Int8]
        var weights: [Double]
        var asked: Int
    }

    /// The state to save. Restoring it fits anew, as `refit()` does.
    public var state: State {
        var evidence = evidence
        evidence.settle()
        let terms = evidence.terms
        return State(
            items: items, left: terms.left, right: terms.right, home: terms.home, weights: terms.weights,
            asked: asked)
    }

    /// Goes on from a saved state.
    ///
    /// - Throws: `PreferenceError.setting` where the state is damaged, and as the other initialisers.
    public init(state: State, options: ScheduleOptions = ScheduleOptions()) throws {
        let n = state.items.count, count = state.left.count
        let names = Names(state.items)
        var sound =
            names.count == n && names.sortedCodes == Array(0..<UInt32(n)) && state.asked >= 0
            && state.right.count == count && state.home.count == count && state.weights.count == 3 * count
            && state.weights.allSatisfy { $0 >= 0 && $0.isFinite } && state.home.allSatisfy { abs($0) <= 1 }
        var last: UInt64?
        for k in 0..<(sound ? count : 0) {
            let key = VoteEvidence.key(state.left[k], state.right[k], state.home[k])
            if state.left[k] >= state.right[k] || state.right[k] >= n || last.map({ $0 >= key }) ?? false {
                sound = false
                break
            }
            last = key
        }
        if !sound {
            throw PreferenceError.setting(
                name: "state", value: "\(n) items", expected: "one that a scheduler saved")
        }
        var terms = PairTerms()
        terms.left = state.left
        terms.right = state.right
        terms.home = state.home
        terms.weights = state.weights
        try self.init(
            names: names, evidence: VoteEvidence(count: n, terms: terms), asked: state.asked,
            options: options)
    }
}
