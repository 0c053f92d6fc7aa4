import Bandits
import HeedAPI
import Kernels
import Signals

/// Held-out decisions made ready to value choosers on: what each would have earned there.
struct PolicyBench {
    private let logged: LoggedDecisions
    private let rows: [Int]
    /// The decisions as chance would have made them, with predicted rewards.
    private let base: OffPolicySample
    private let logging: [Double]
    private let arrival: RewardArrival
    private let notes: [String]

    /// The most decisions that are valued, the newest.
    private static let most = 50_000
    private static let seed: UInt64 = 1

    /// - Throws: `ServiceError.notReady` where there are too few.
    init(_ held: DecisionLog, _ progress: JobProgress) throws {
        let all = held.usable(needsPropensity: true)
        guard all.count >= PromotionRule.decisions else {
            throw ServiceError.notReady(
                "there are \(all.count) held-out decisions with a reward and a probability, and "
                    + "\(PromotionRule.decisions) are needed: about \(5 * (PromotionRule.decisions - all.count)) more rewarded "
                    + "decisions would do, of which a fifth is held out")
        }
        logged = try LoggedDecisions(held, constant: true, scaled: true)
        let count = min(all.count, Self.most)
        rows = Array(all.suffix(count))
        // Predictions, the logged distributions and two policies' tables, with what is made of them on the way.
        let cells = count.multipliedReportingOverflow(by: 8 * 6 * logged.arms)
        try progress.charge(
            cells.overflow ? .max : cells.partialValue, "valuing \(logged.arms) actions on \(count) decisions"
        )
        var notes: [String] = []
        if count < all.count {
            notes.append("Only the newest \(count) of \(all.count) held-out decisions were used.")
        }
        let without = held.count - held.reward.count { !$0.isNaN }
        if without > 0 {
            notes.append(
                "\(without) of \(held.count) held-out decisions have no reward and were left out: the answer holds if they "
                    + "would have paid like the others.")
        }
        self.notes = notes
        var (decisions, rewards) = (
            [Int](repeating: 0, count: logged.arms), [Int](repeating: 0, count: logged.arms)
        )
        for row in 0..<held.count {
            decisions[Int(held.action[row])] += 1
            if logged.hasReward(row) { rewards[Int(held.action[row])] += 1 }
        }
        arrival = RewardArrival(decisions: decisions, rewards: rewards)
        logging = logged.loggedDistributions(of: rows)
        var sample = try logged.sample(.uniform, rows: rows)
        let units = sample.unit.isEmpty ? rows.count : Set(sample.unit).count
        guard units >= 10 else {
            throw ServiceError.notReady(
                "the held-out decisions are places of \(units) slates, and 10 are needed")
        }
        let isBinary = sample.reward.allSatisfy { $0 == 0 || $0 == 1 }
        let isRich = logged.features > 256 || logged.arms * logged.features * 2 > rows.count
        try progress.report(0, "fits a model of rewards")
        sample.predicted = try RewardModel(
            family: isBinary ? .logistic : .ridge, layout: isRich ? .additive : .perAction, folds: 5,
            seed: Self.seed
        ).crossFitted(sample, features: logged.features(of: rows))
        base = sample
    }

    /// Values two choosers on the same decisions.
    func compare(_ a: any Chooser, _ b: any Chooser, _ progress: JobProgress) throws -> Valuation {
        let (first, second) = (try sample(a, progress), try sample(b, progress))
        let found = try OffPolicyDiagnostics(minimumEffective: PromotionRule.effective).findings(
            first, names: logged.actions, logging: logging, estimated: false, arrival: arrival)
        let weights = try WeightSummary(first)
        return try Valuation(
            metric: "value", a: Contributions(DoublyRobust().estimate(first), first),
            b: Contributions(DoublyRobust().estimate(second), second), count: rows.count,
            effective: weights.effectiveSampleSize, doubt: found.first { $0.severity == .wrong }?.sentence,
            findings: found.map(\.sentence) + notes)
    }

    private func sample(_ chooser: any Chooser, _ progress: JobProgress) throws -> OffPolicySample {
        var sample = base
        sample.target = try table(chooser, progress)
        return sample
    }

    /// The probability of each action in each row, as `decide` would have given it.
    private func table(_ chooser: any Chooser, _ progress: JobProgress) throws -> [Double] {
        let names = logged.actions
        let log = logged.log
        var table = [Double](repeating: 0, count: rows.count * logged.arms)
        let policy = chooser as? PolicyChooser
        let arms = names.map { policy?.arm($0) }
        let places = log.featureNames.all.map { policy?.place($0) }
        for (number, row) in rows.enumerated() {
            if number & 255 == 0 { try progress.report(0, "values \(chooser.version)") }
            let possible = logged.context(row).available ?? Array(0..<logged.arms)
            let random = CounterRandom(seed: Self.seed, stream: 0x76_616C_7565).split(UInt64(row))
            let p: [Double]
            if let policy {
                var features: [Int32: Double] = [:]
                if row < log.features.count {
                    for at in log.features.range(row) {
                        if let place = places[Int(log.features.columns[at])] {
                            features[place, default: 0] += log.features.values[at]
                        }
                    }
                }
                p = try policy.propensities(
                    of: possible.map { arms[$0] }, policy.vector(features.map { ($0.key, $0.value) }),
                    random: random)
            } else {
                p = try chooser.propensities(of: possible.map { names[$0] }, features: [:], random: random)
            }
            for (arm, probability) in zip(possible, p) { table[number * logged.arms + arm] = probability }
        }
        return table
    }
}
