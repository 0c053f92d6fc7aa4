import Kernels
import Signals

/// Asks for the comparisons that would teach most, and learns from the answers as they come.
///
/// Each pair is valued by the mutual information between its answer and the scores under the current Laplace
/// posterior (`InformationGain`; Houlsby et al., "Bayesian active learning for classification and preference
/// learning", 2011; for rankings Chen et al., "Pairwise ranking aggregation in a crowdsourced setting", 2013,
/// and Mikhailiuk et al., "Active sampling for pairwise comparisons via approximate message passing and
/// information gain maximization", 2020). Bradley–Terry until the first tie, Davidson from then on.
///
/// Told answers enter by rank-one Gaussian steps; after some of them (`ScheduleOptions.refitInterval`) the
/// next `ask` fits all votes anew. Up to `denseLimit` items the covariance is whole; above,
/// `SampledPosterior` says what is approximate. The side on which an item is shown, and far-off candidates,
/// depend on the seed alone.
///
/// Scores are in log-odds. With more than 64 items not every pair is looked at, only neighbours in rank and
/// random others. Complexity of 30,000 items: memory about 500 bytes an item and 150 a pair; `ask(count: 20)`
/// a quarter of a second, and as much again where a fit of 150,000 votes is due; `tell` microseconds.
///
/// ```swift
/// var scheduler = try ComparisonScheduler(log: log)
/// for proposal in try scheduler.ask(count: 20) {
///     try scheduler.tell(proposal, .left)
/// }
/// ```
public struct ComparisonScheduler: Sendable {
    /// The settings.
    public let options: ScheduleOptions
    /// The items, in the order of their names' bytes.
    public let items: [String]
    /// How many proposals were made.
    public private(set) var asked: Int

    private(set) var posterior: any ScorePosterior
    private(set) var evidence: VoteEvidence
    private let names: Names
    private var pending = 0

    /// Starts without a vote.
    ///
    /// - Parameter items: the items' names; a repeated name counts once.
    /// - Throws: `PreferenceError.setting` for a setting outside its range.
    public init(items: [String], options: ScheduleOptions = ScheduleOptions()) throws {
        try self.init(log: FeedbackLog(), items: items, options: options)
    }

    /// Starts from the comparisons, rankings and choices of a log; other feedback only names items.
    ///
    /// Rankings and choices are read as comparisons of the chosen with the others, weighted to carry as much
    /// information as the choice: good enough to tell what to ask next, and not how a ranking is fitted.
    ///
    /// - Parameter items: further items that have no vote yet.
    /// - Throws: `PreferenceError` for a setting outside its range, or where votes of extreme weight cannot
    ///   be fitted.
    public init(log: FeedbackLog, items: [String] = [], options: ScheduleOptions = ScheduleOptions()) throws {
        var all = log.items
        for item in items { all.intern(item) }
        let names = Names(all.sortedCodes.map { all[$0] })
        try self.init(names: names, evidence: VoteEvidence(log, names: names), asked: 0, options: options)
    }

    init(names: Names, evidence: VoteEvidence, asked: Int, options: ScheduleOptions) throws {
        guard options.priorScale > 0, options.priorScale.isFinite else {
            throw PreferenceError.setting(
                name: "prior", value: "\(options.priorScale)", expected: "a positive number of log-odds")
        }
        self.options = options
        self.names = names
        self.evidence = evidence
        self.asked = asked
        items = names.all
        posterior = try Self.fit(evidence, options, from: nil)
    }

    private static func fit(
        _ evidence: VoteEvidence, _ options: ScheduleOptions, from previous: (any ScorePosterior)?
    ) throws -> any ScorePosterior {
        if evidence.count <= options.denseLimit {
            return try DensePosterior(evidence, priorScale: options.priorScale, start: previous?.means)
        }
        return try SampledPosteriorFit(
            evidence: evidence, priorScale: options.priorScale, seed: options.seed
        ).fit(from: previous as? SampledPosterior)
    }

    /// The weight of all votes so far.
    public var votes: Double { evidence.total }

    /// The number of parts that no vote connects.
    public var partCount: Int { evidence.partCount }

    /// The items with their scores as currently believed, best first; their mean is zero only roughly.
    public var ranking: [(item: String, score: Double)] { order.map { (items[$0], posterior.means[$0]) } }

    /// The items' numbers by score, best first.
    var order: [Int] {
        let means = posterior.means
        return means.indices.sorted { means[$0] != means[$1] ? means[$0] > means[$1] : $0 < $1 }
    }

    /// The mean and the variance of the difference of two scores, in log-odds.
    ///
    /// - Throws: `PreferenceError.unknown` for a name that is not among the items.
    public func difference(_ left: String, minus right: String) throws -> (mean: Double, variance: Double) {
        let i = try index(left), j = try index(right)
        return (posterior.means[i] - posterior.means[j], i == j ? 0 : posterior.variance(i, j))
    }

    /// Proposes the comparisons that would teach most, the most telling first; all different.
    ///
    /// Fewer than asked for where there are not so many pairs. Asking changes nothing but the seed's
    /// position: without answers the same pairs come again.
    ///
    /// - Throws: `PreferenceError.failed` where a due fit fails.
    public mutating func ask(count: Int = 1) throws -> [ProposedComparison] {
        if count <= 0 || items.count < 2 { return [] }
        if pending >= options.refitInterval ?? max(8, items.count / 8) { try refit() }
        let order = order
        let root = CounterRandom(seed: options.seed).split(UInt64(asked))
        var picker = BatchPicker(
            posterior, order: order, partOf: evidence.partOfItems(), options: options, random: root.split(0))
        let picks = picker.pick(count)
        var place = [Int](repeating: 0, count: items.count)
        for (rank, item) in order.enumerated() { place[item] = rank }
        var sides = root.split(1)
        asked += picks.count
        return picks.map { proposal($0, place, swapped: sides.bernoulli(0.5)) }
    }

    private func proposal(_ pick: BatchPicker.Pick, _ place: [Int], swapped: Bool) -> ProposedComparison {
        let p = pick.expected.probability
        return ProposedComparison(
            left: items[swapped ? pick.j : pick.i], right: items[swapped ? pick.i : pick.j],
            nats: pick.expected.nats,
            probability: swapped ? OutcomeProbability(win: p.loss, tie: p.tie, loss: p.win) : p,
            reason: reason(pick, place))
    }

    private func reason(_ pick: BatchPicker.Pick, _ place: [Int]) -> ProposedComparison.Reason {
        let rare = evidence.seen[pick.j] < evidence.seen[pick.i] ? pick.j : pick.i
        let seen = Int(evidence.seen[rare].rounded())
        if seen == 0 { return .seldomSeen(items[rare], votes: 0) }
        if pick.joins { return .joins }
        if seen <= 2 { return .seldomSeen(items[rare], votes: seen) }
        let high = min(place[pick.i], place[pick.j]) + 1, low = max(place[pick.i], place[pick.j]) + 1
        return low == high + 1 ? .neighbours(high, low) : .undecided(high, low)
    }

    /// Learns an answer: a rank-one update of the belief, without a fit.
    ///
    /// - Parameters:
    ///   - weight: how many votes it counts for.
    ///   - first: the side that had the advantage of place, where the votes record it.
    /// - Throws: `PreferenceError` for a name that is not among the items, an item against itself, or a
    ///   weight that is not a finite number of votes. Nothing has changed then.
    /// - Complexity: O(1) above `denseLimit` items, else O(items²).
    public mutating func tell(
        left: String, right: String, outcome: Comparison.Outcome, weight: Double = 1, first: Side? = nil
    ) throws {
        let i = try index(left), j = try index(right)
        guard i != j else {
            throw PreferenceError.setting(
                name: "right", value: right, expected: "another item than the left one")
        }
        guard weight >= 0, weight.isFinite else {
            throw PreferenceError.setting(
                name: "weight", value: "\(weight)", expected: "a finite number, 0 or more")
        }
        let code: Int
        switch outcome {
        case .left: code = LinkKind.left
        case .right: code = LinkKind.right
        case .tie, .bothBad: code = LinkKind.tie
        case .skip: return
        }
        if weight == 0 { return }
        let place: Int8 = first == nil ? 0 : first == .left ? 1 : -1
        learn(i, j, code: code, weight: weight, place: place)
    }

    /// Learns the answer to a proposal.
    public mutating func tell(
        _ proposal: ProposedComparison, _ outcome: Comparison.Outcome, weight: Double = 1
    ) throws {
        try tell(left: proposal.left, right: proposal.right, outcome: outcome, weight: weight)
    }

    mutating func learn(_ i: Int, _ j: Int, code: Int, weight: Double, place: Int8) {
        evidence.add(i, j, code: code, weight: weight, home: place)
        posterior.observe(i, j, code: code, weight: weight, place: Double(place))
        pending += 1
    }

    /// Fits all votes anew, so that the belief no longer depends on their order.
    ///
    /// - Throws: `PreferenceError.failed` where the fit fails.
    public mutating func refit() throws {
        evidence.settle()
        posterior = try Self.fit(evidence, options, from: posterior)
        pending = 0
    }

    private func index(_ item: String) throws -> Int {
        guard let code = names.code(of: item) else {
            throw PreferenceError.unknown(kind: "item", name: item, known: items)
        }
        return Int(code)
    }
}
