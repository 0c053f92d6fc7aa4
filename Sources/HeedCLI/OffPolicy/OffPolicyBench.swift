import Foundation
import Heed
import Kernels

/// A log made ready to value policies on.
struct OffPolicyBench {
    let logged: LoggedDecisions
    let isEstimated: Bool
    /// Why propensities are estimated, or `nil`.
    let why: String?
    let arrival: RewardArrival
    private let seed: UInt64

    /// A policy and the rows that it may be valued on.
    struct Candidate {
        var policy: CandidatePolicy
        var rows: [Int]
        /// How the policy came about.
        var note: String?
    }

    init(_ log: DecisionLog, estimate: Bool, seed: UInt64) throws {
        logged = try LoggedDecisions(log, constant: true, scaled: true)
        var decisions = [Int](repeating: 0, count: logged.arms), rewards = decisions
        for row in 0..<logged.count {
            decisions[Int(log.action[row])] += 1
            if logged.hasReward(row) { rewards[Int(log.action[row])] += 1 }
        }
        arrival = RewardArrival(decisions: decisions, rewards: rewards)
        let rows = logged.rewardedRows
        guard !rows.isEmpty else {
            throw Failure(
                "no decision of the log has a reward; --missing 0 counts those without as nothing earned",
                code: Failure.badData)
        }
        let unknown = rows.count { log.propensity[$0].isNaN }
        why =
            estimate
            ? "as asked for"
            : unknown == rows.count
                ? "the log has none"
                : unknown > 0 ? "\(unknown) of \(rows.count) decisions have none" : nil
        isEstimated = why != nil
        self.seed = seed
    }

    /// The policy that a text names.
    func candidate(_ text: String, train: Double, seed: UInt64) throws -> Candidate {
        let rows = logged.rewardedRows
        if text == "uniform" { return Candidate(policy: .uniform, rows: rows) }
        if text.hasPrefix("always:") {
            let name = String(text.dropFirst(7))
            guard let arm = logged.actions.firstIndex(of: name) else {
                throw BanditError.unknown(kind: "action", name: name, known: Array(logged.actions.prefix(30)))
            }
            return Candidate(policy: .always(arm, name: text), rows: rows)
        }
        if text.hasSuffix(".csv") {
            return Candidate(
                policy: .probabilities(try ProbabilityFile.read(text, logged), name: text), rows: rows)
        }
        if text.hasSuffix(".json") || text.contains("/") {
            return Candidate(
                policy: try .decider(Decider.load(from: text), on: logged, name: text), rows: rows)
        }
        let choice = try PolicyChoice(text, logged)
        var policy = try choice.make(seed: seed)
        let split = Int(Double(rows.count) * train)
        guard split > 0, split < rows.count else {
            throw Failure(
                "the log is too short to learn from one part and value on the other", code: Failure.badData)
        }
        for row in rows[..<split] {
            policy.learn(logged.decision(row), logged.told(logged.reward(row)))
        }
        return Candidate(
            policy: .frozen(policy, name: text), rows: Array(rows[split...]),
            note: "learnt from the first \(split) decisions, valued on the other \(rows.count - split)")
    }

    /// What to know where decisions without a reward were left out.
    private var leftOut: [OffPolicyFinding] {
        let missing = logged.count - logged.rewardedRows.count
        guard missing > 0 else { return [] }
        return [
            OffPolicyFinding(
                kind: .withoutReward, severity: .warning, value: Double(missing),
                sentence:
                    "\(missing) of \(logged.count) decisions have no reward and were left out: the answer holds if they would have paid like "
                    + "the others. --missing 0 counts them as nothing earned.")
        ]
    }

    /// What the log says of some rows, whichever policy is valued on them.
    struct Models {
        let rows: [Int]
        let features: SparseRows
        /// The propensities, where the log's own are not used.
        let estimated: PropensityEstimate?
        /// The kind of reward model that suits the rows.
        let reward: RewardModel
        /// The predicted reward of each row and action.
        let predicted: [Double]
    }

    /// Fits the models of some rows.
    func models(of rows: [Int]) throws -> Models {
        let features = logged.features(of: rows)
        var estimated: PropensityEstimate?
        if isEstimated {
            estimated = try PropensityModel(seed: seed).fit(
                actions: rows.map { Int32(logged.log.action[$0]) }, actionCount: logged.arms,
                features: features, unit: logged.units(of: rows))
        }
        // Which policy is valued plays no part in these models.
        let sample = try logged.sample(.uniform, rows: rows, propensities: estimated?.taken)
        let binary = sample.reward.allSatisfy { $0 == 0 || $0 == 1 }
        let reward = RewardModel(
            family: binary ? .logistic : .ridge, layout: logged.layout(rows: rows.count),
            folds: min(5, max(1, sample.unit.isEmpty ? rows.count : Set(sample.unit).count)), seed: seed)
        let predicted: [Double]
        if logged.hasArmFeatures {
            let contexts = rows.map { logged.context($0) }
            predicted = try ItemRewardModel(folds: reward.folds, seed: seed).crossFitted(sample) { row, arm in
                contexts[row].available?.contains(arm) ?? true ? contexts[row].armFeatures[arm] : nil
            }
        } else {
            predicted = try reward.crossFitted(sample, features: features)
        }
        return Models(
            rows: rows, features: features, estimated: estimated, reward: reward, predicted: predicted)
    }

    /// Values one policy with the models of its rows.
    func value(
        _ candidate: Candidate, _ models: Models, estimator: String?, gamma: Double, confidence: Double,
        anytime: Bool
    ) throws -> OpeJSON.Policy {
        let rows = candidate.rows
        let estimated = models.estimated
        var sample = try logged.sample(candidate.policy, rows: rows, propensities: estimated?.taken)
        sample.predicted = models.predicted
        let all = EstimatorChoice.all(features: models.features, model: models.reward)
        let wanted =
            estimator
            ?? (logged.log.featureNames.isEmpty ? SelfNormalizedInversePropensity.id : DoublyRobust.id)
        let place = EstimatorChoice.ids.firstIndex(of: wanted) ?? 0
        let others = all.indices.filter { $0 != place }.map { all[$0] }
        let study = OffPolicyStudy(all[place], others: others, level: confidence, requiredGamma: gamma)
        let report = try study.report(
            sample, estimated: estimated, names: logged.actions,
            logging: estimated == nil ? logged.loggedDistributions(of: rows) : [], arrival: arrival,
            known: candidate.policy.findings + leftOut)
        var watched: OpeJSON.Anytime?
        if anytime {
            var value = OffPolicySequence(.value, rewards: logged.rewardRange, level: confidence)
            var gap = OffPolicySequence(.difference, rewards: logged.rewardRange, level: confidence)
            for row in 0..<sample.count {
                try value.add(weight: sample.weight(row), reward: sample.reward[row])
                try gap.add(weight: sample.weight(row), reward: sample.reward[row])
            }
            watched = OpeJSON.Anytime(
                value: value, difference: gap, estimated: estimated != nil, report: report)
        }
        var lists: [OpeJSON.List] = []
        if !isEstimated, let slates = try logged.slates(candidate.policy, rows: rows, model: models.reward) {
            // A list of the log that could be this policy's; without one, only single places say something.
            let isPossible = stride(from: slates.length - 1, to: slates.target.count, by: slates.length)
                .contains { slates.target[$0] > 0 }
            let methods: [any SlateEstimator] =
                isPossible
                ? [
                    StandardSlateIPS(), IndependentSlateIPS(), RewardInteractionSlateIPS(),
                    CascadeDoublyRobust(),
                ] : [IndependentSlateIPS()]
            for method in methods {
                let found = try method.estimate(slates)
                let interval = try SkewCorrectedInterval().interval(
                    Contributions(found.contributions), level: confidence)
                lists.append(
                    OpeJSON.List(
                        estimator: found.estimator, length: slates.length, lists: slates.count,
                        value: OpeJSON.Quantity(found.value, interval)))
            }
        }
        return OpeJSON.Policy(candidate, report, watched, lists)
    }
}

extension LoggedDecisions {
    /// Own coefficients for every action where the log can carry them, shared ones where it cannot.
    func layout(rows: Int) -> RewardModel.Layout {
        arms * features * 2 <= rows && features <= 256 ? .perAction : .additive
    }
}
